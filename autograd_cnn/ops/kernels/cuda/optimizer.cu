// Optimizer steps in one pass over all parameters: blockIdx.y is the number of a tensor, its elements are shared out among
// the threads along x. Each number is read once and written once.

struct Tensors {
    T* memory[4][64];  // by role, then by tensor: parameter, gradient, and what the optimizer remembers
    int size[64];
};

// g = sign dw + λ w;  v = m v + (1 - dampening) g (the first time: g);  w -= rate v, with nesterov w -= rate (g + m v).
extern "C" __global__ void sgd(
    const Tensors t, A rate, A momentum, A undamped, A decay, A sign, int remembers, int started, int nesterov) {
    T *w = t.memory[0][blockIdx.y], *v = t.memory[2][blockIdx.y];
    const T* dw = t.memory[1][blockIdx.y];
    EACH(i, t.size[blockIdx.y]) {
        A parameter = w[i], g = sign * A(dw[i]) + decay * parameter, move = g;
        if (remembers) {
            A velocity = started ? momentum * A(v[i]) + undamped * g : g;
            v[i] = velocity;
            move = nesterov ? g + momentum * velocity : velocity;
        }
        w[i] = parameter - rate * move;
    }
}

// m += (1 - β₁) (g - m);  v = β₂ v + (1 - β₂) g²;  w -= rate m / (sqrt(v) / root + ε). The caller has put the corrections for
// starting at zero into rate = lr / (1 - β₁ᵗ) and root = sqrt(1 - β₂ᵗ). Decay λ: w in g, or, decoupled, w (1 - λ) first.
extern "C" __global__ void adam(
    const Tensors t, A rate, A beta1, A beta2, A epsilon, A decay, A root, A sign, int decoupled) {
    T *w = t.memory[0][blockIdx.y], *m = t.memory[2][blockIdx.y], *v = t.memory[3][blockIdx.y];
    const T* dw = t.memory[1][blockIdx.y];
    EACH(i, t.size[blockIdx.y]) {
        A parameter = w[i], g = sign * A(dw[i]);
        if (decoupled)
            parameter *= 1 - decay;
        else
            g += decay * parameter;
        A mean = A(m[i]) + (1 - beta1) * (g - A(m[i])), square = beta2 * A(v[i]) + (1 - beta2) * g * g;
        m[i] = mean;
        v[i] = square;
        w[i] = parameter - rate * mean / (sqrt(square) / root + epsilon);
    }
}
