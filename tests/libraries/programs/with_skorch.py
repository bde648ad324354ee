import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import LRScheduler

torch.manual_seed(0)
np.random.seed(0)
X = np.random.randn(64, 5).astype("float32")
y = (X.sum(1) > 0).astype("int64")


class Net(torch.nn.Module):
    def __init__(self, hidden=8):
        super().__init__()
        self.body = torch.nn.Sequential(
            torch.nn.Linear(5, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 2), torch.nn.Softmax(-1)
        )

    def forward(self, x):
        return self.body(x)


net = NeuralNetClassifier(
    Net, max_epochs=4, lr=0.2, batch_size=16, verbose=0, callbacks=[LRScheduler(policy="StepLR", step_size=2)]
)
net.fit(X, y)
print(
    [round(r, 4) for r in net.history[:, "train_loss"]],
    (net.predict(X) == y).mean(),
    net.predict_proba(X).shape,
)
import pickle

print((pickle.loads(pickle.dumps(net)).predict(X) == net.predict(X)).all())
from sklearn.model_selection import GridSearchCV

g = GridSearchCV(net, {"module__hidden": [4, 8]}, cv=2, scoring="accuracy", refit=False)
g.fit(X, y)
print(len(g.cv_results_["params"]))
