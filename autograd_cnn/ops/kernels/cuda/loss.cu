// Rows of numbers: softmax, its logarithm, and softmax with cross-entropy. A block per row of ``columns`` numbers.

__device__ A largest_of_row(const T* z, int columns) {
    A top = z[0];
    for (int c = threadIdx.x; c < columns; c += blockDim.x) top = larger(top, A(z[c]));
    return largest_of_block(top);
}

// sum exp(z - top)
__device__ A spread_of_row(const T* z, int columns, A top) {
    LongSum<A> total;
    for (int c = threadIdx.x; c < columns; c += blockDim.x) total.add(exp(A(z[c]) - top));
    return sum_of_block(total.value());
}

// exp(z - max z) / sum exp(z - max z)
extern "C" __global__ void softmax(const T* x, T* out, int rows, int columns) {
    for (int r = blockIdx.x; r < rows; r += gridDim.x) {
        const T* z = x + (size_t)r * columns;
        A top = largest_of_row(z, columns), spread = spread_of_row(z, columns, top);
        for (int c = threadIdx.x; c < columns; c += blockDim.x) out[(size_t)r * columns + c] = exp(A(z[c]) - top) / spread;
    }
}

// z - max z - log sum exp(z - max z)
extern "C" __global__ void log_softmax(const T* x, T* out, int rows, int columns) {
    for (int r = blockIdx.x; r < rows; r += gridDim.x) {
        const T* z = x + (size_t)r * columns;
        A top = largest_of_row(z, columns), logarithm = log(spread_of_row(z, columns, top));
        for (int c = threadIdx.x; c < columns; c += blockDim.x) out[(size_t)r * columns + c] = A(z[c]) - top - logarithm;
    }
}

// log sum exp(z) - z_y for each row; 0 for a label to be ignored, NaN for one that is no class.
extern "C" __global__ void row_losses(const T* x, const long long* labels, A* losses, int rows, int columns, long long ignored) {
    for (int r = blockIdx.x; r < rows; r += gridDim.x) {
        const T* z = x + (size_t)r * columns;
        long long y = labels[r];
        A top = largest_of_row(z, columns);
        A spread = spread_of_row(z, columns, top);
        bool known = y >= 0 && y < columns;
        if (threadIdx.x == 0) losses[r] = y == ignored ? A(0) : known ? log(spread) + top - A(z[known ? y : 0]) : A(0) / A(0);
    }
}

// The number of labels that are not to be ignored. One block.
__device__ A labels_that_count(const long long* labels, int rows, long long ignored) {
    A count = 0;
    for (int r = threadIdx.x; r < rows; r += blockDim.x) count += labels[r] != ignored;
    return sum_of_block(count);
}

extern "C" __global__ void count_labels(const long long* labels, A* count, int rows, long long ignored) {
    A found = labels_that_count(labels, rows, ignored);
    if (threadIdx.x == 0) *count = found;
}

// The sum of the rows' losses over the number of labels that count. One block.
extern "C" __global__ void mean_loss(const A* losses, const long long* labels, T* out, int rows, long long ignored) {
    double total = 0;
    for (int r = threadIdx.x; r < rows; r += blockDim.x) total += double(losses[r]);
    total = sum_of_block(total);
    A count = labels_that_count(labels, rows, ignored);
    if (threadIdx.x == 0) *out = A(total / count);
}

// (softmax(z) - 1 at the label) / count; a row of zeros for a label to be ignored.
extern "C" __global__ void loss_gradient(const T* x, const long long* labels, const A* count, T* out, int rows, int columns, long long ignored) {
    for (int r = blockIdx.x; r < rows; r += gridDim.x) {
        const T* z = x + (size_t)r * columns;
        long long y = labels[r];
        A top = largest_of_row(z, columns), spread = spread_of_row(z, columns, top), scale = 1 / *count;
        for (int c = threadIdx.x; c < columns; c += blockDim.x)
            out[(size_t)r * columns + c] = y == ignored ? A(0) : (exp(A(z[c]) - top) / spread - (c == y ? A(1) : A(0))) * scale;
    }
}
