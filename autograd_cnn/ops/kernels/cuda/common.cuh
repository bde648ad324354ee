// What all kernels share. Before this text stand the definitions of T, what the arrays hold, and of A, what sums are made in:
// float and float, double and double, or half and float (kept in 16 bits, computed in 32).

#if defined(__CUDACC__) && defined(T_IS_HALF)
struct half {
    unsigned short bits;
    half() = default;
    __device__ half(float x) { asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x)); }
    __device__ operator float() const {
        float x;
        asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(bits));
        return x;
    }
};
#endif

// Memory that a kernel reads by steps which come with the launch. All other memory is in C order.
typedef const T* Strided;

// Runs the statement for i = 0 .. n-1, shared out among all threads: neighbours in a warp take neighbours in memory.
#define EACH(i, n) for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < (n); i += gridDim.x * blockDim.x)

// The sum over the threads of a block of (n, 1, 1); every thread receives it. n is a multiple of 32.
template <typename V>
__device__ V sum_of_block(V value) {
    __shared__ V parts[32];
    for (int apart = 16; apart; apart /= 2) value += __shfl_xor_sync(0xffffffff, value, apart);
    if (blockDim.x == 32) return value;
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = value;
    __syncthreads();
    value = 0;
    for (int warp = 0; warp < blockDim.x / 32; warp++) value += parts[warp];
    __syncthreads();
    return value;
}

// A sum of many numbers: 32 of them are added in V, and their sums in double.
template <typename V>
struct LongSum {
    double total = 0;
    V part = 0;
    int count = 0;
    __device__ void add(V value) {
        part += value;
        if (++count == 32) {
            total += part;
            part = 0;
            count = 0;
        }
    }
    __device__ double value() const { return total + part; }
};

// The larger of two numbers, or the one that is NaN.
template <typename V>
__device__ V larger(V a, V b) {
    return b > a || b != b ? b : a;
}

// The largest value in a block of (n, 1, 1), NaN if there is one.
template <typename V>
__device__ V largest_of_block(V value) {
    __shared__ V parts[32];
    for (int apart = 16; apart; apart /= 2) value = larger(value, __shfl_xor_sync(0xffffffff, value, apart));
    if (blockDim.x == 32) return value;
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = value;
    __syncthreads();
    value = parts[0];
    for (int warp = 1; warp < blockDim.x / 32; warp++) value = larger(value, parts[warp]);
    __syncthreads();
    return value;
}

// The sum over threadIdx.y in a block of (32, 8), for each threadIdx.x: 32 neighbouring columns of a matrix in 8 parts.
template <typename V>
__device__ V sum_of_column(V value) {
    __shared__ V parts[8][32];
    parts[threadIdx.y][threadIdx.x] = value;
    __syncthreads();
    value = 0;
    for (int row = 0; row < 8; row++) value += parts[row][threadIdx.x];
    __syncthreads();
    return value;
}
