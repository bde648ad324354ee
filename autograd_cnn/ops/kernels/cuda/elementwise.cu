// Short chains of elementwise operations, each one pass over memory.

// max(x, 0); NaN stays NaN
extern "C" __global__ void relu(const T* x, T* out, unsigned size) {
    EACH(i, size) out[i] = A(x[i]) < 0 ? A(0) : A(x[i]);
}

// dy where y is above 0, or NaN
extern "C" __global__ void relu_gradient(const T* dy, const T* y, T* dx, unsigned size) {
    EACH(i, size) dx[i] = A(y[i]) <= 0 ? A(0) : A(dy[i]);
}

// rate^2 z / (1 + z)^2 for z = exp(-rate |x|)
extern "C" __global__ void logistic_slope(const T* x, T* out, A rate, unsigned size) {
    EACH(i, size) {
        A z = exp(-rate * fabs(A(x[i])));
        out[i] = rate * rate * z / ((1 + z) * (1 + z));
    }
}

// running = keep running + share value, in place: the averages of batch normalisation
extern "C" __global__ void follow(T* running, const T* value, A keep, A share, unsigned size) {
    EACH(i, size) running[i] = keep * A(running[i]) + share * A(value[i]);
}

// x[r, c] += bias[c], in place: behind a product that has just been written
extern "C" __global__ void add_bias(T* x, const T* bias, unsigned size, unsigned columns) {
    EACH(i, size) x[i] = A(x[i]) + A(bias[i % columns]);
}
