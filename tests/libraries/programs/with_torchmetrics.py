import torch
from torchmetrics import MeanMetric, MetricCollection
from torchmetrics.classification import (
    BinaryAUROC,
    MulticlassAccuracy,
    MulticlassConfusionMatrix,
    MulticlassF1Score,
)
from torchmetrics.image import PeakSignalNoiseRatio, StructuralSimilarityIndexMeasure
from torchmetrics.regression import MeanSquaredError, PearsonCorrCoef, R2Score

torch.manual_seed(0)
m = MetricCollection([MulticlassAccuracy(3), MulticlassF1Score(3)])
for _ in range(2):
    m.update(torch.randn(20, 3), torch.randint(0, 3, (20,)))
print({k: v.item() for k, v in m.compute().items()})
a = BinaryAUROC()
a.update(torch.rand(30), torch.randint(0, 2, (30,)))
print(a.compute().item())
print(MulticlassConfusionMatrix(3)(torch.randint(0, 3, (20,)), torch.randint(0, 3, (20,))))
p, t = torch.randn(20), torch.randn(20)
print(MeanSquaredError()(p, t).item(), PearsonCorrCoef()(p, t).item(), R2Score()(p, t).item())
i, j = torch.rand(2, 3, 16, 16), torch.rand(2, 3, 16, 16)
print(
    PeakSignalNoiseRatio(data_range=1.0)(i, j).item(),
    StructuralSimilarityIndexMeasure(data_range=1.0)(i, j).item(),
)
x = MeanMetric()
x.update(torch.tensor([1.0, 2.0]))
x.update(3.0)
print(x.compute().item())
