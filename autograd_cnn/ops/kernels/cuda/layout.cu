// Between (N, C, H, W) and channels-last memory, and sums over all pixels.

// (N, R, S) -> (N, S, R). Tiles of 32 x 32 go through shared memory, so that neighbouring threads read and write neighbours;
// the 33rd column keeps the threads of a warp on different banks. Blocks of (32, 8).
extern "C" __global__ void transpose(const T* x, T* out, int number, int rows, int columns) {
    __shared__ T tile[32][33];
    for (int n = blockIdx.z; n < number; n += gridDim.z) {
        const T* from = x + (size_t)n * rows * columns;
        T* to = out + (size_t)n * rows * columns;
        int left = blockIdx.x * 32, top = blockIdx.y * 32;
        for (int r = threadIdx.y; r < 32; r += 8)
            if (top + r < rows && left + threadIdx.x < columns) tile[r][threadIdx.x] = from[(size_t)(top + r) * columns + left + threadIdx.x];
        __syncthreads();
        for (int s = threadIdx.y; s < 32; s += 8)
            if (left + s < columns && top + threadIdx.x < rows) to[(size_t)(left + s) * rows + top + threadIdx.x] = tile[threadIdx.x][s];
        __syncthreads();
    }
}

// parts[piece, c] = the sum of x[p, c] over the pixels of a piece. Blocks of (32, 8): 32 channels, 8 pixels at a time.
extern "C" __global__ void sum_pieces(const T* x, A* parts, int pixels, int channels) {
    int c = blockIdx.x * 32 + threadIdx.x, pieces = gridDim.y;
    int begin = (long long)blockIdx.y * pixels / pieces, end = (long long)(blockIdx.y + 1) * pixels / pieces;
    LongSum<A> sum;
    if (c < channels)
        for (int p = begin + threadIdx.y; p < end; p += 8) sum.add(A(x[(size_t)p * channels + c]));
    double total = sum_of_column(sum.value());
    if (c < channels && threadIdx.y == 0) parts[blockIdx.y * channels + c] = total;
}

// out[c] = the sum of parts[piece, c] over all pieces.
extern "C" __global__ void join_pieces(const A* parts, T* out, int pieces, int channels) {
    int c = blockIdx.x * 32 + threadIdx.x;
    double total = 0;
    if (c < channels)
        for (int piece = threadIdx.y; piece < pieces; piece += 8) total += double(parts[piece * channels + c]);
    total = sum_of_column(total);
    if (c < channels && threadIdx.y == 0) out[c] = A(total);
}
