// Max- and average-pooling of channels-last images (N, H, W, C): a thread per result, neighbours in neighbouring channels.
// The backward passes gather: each pixel asks the windows that see it, so nothing is added by two threads, and sums are
// always made in the same order.

struct Pooling {
    int height, width, channels, out_height, out_width;
    int kernel_h, kernel_w, stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
};

// An index of an image (N, height, width, C), taken apart.
struct Place {
    int n, y, x, c;
    __device__ Place(unsigned i, int height, int width, int channels)
        : n(i / channels / width / height), y(i / channels / width % height), x(i / channels % width), c(i % channels) {}
};

// The position of the window whose tap ``i`` lies on pixel ``y``, -1 where there is none: p stride - pad + i dilation = y.
__device__ int window_at(int y, int i, int stride, int pad, int dilation, int positions) {
    int start = y + pad - i * dilation;
    return start >= 0 && start % stride == 0 && start / stride < positions ? start / stride : -1;
}

// out = max over the taps (i, j) inside the image of x[p sh - ph + i dh, q sw - pw + j dw]; index = i kw + j of the winner.
// The first of equal maxima wins, and the last NaN wins over everything.
extern "C" __global__ void max_pool(const T* x, T* out, unsigned char* index, unsigned size, const Pooling g) {
    EACH(k, size) {
        Place at(k, g.out_height, g.out_width, g.channels);
        A best = -1 / A(0);  // of a window that lies in the padding
        int winner = -1;
        for (int i = 0; i < g.kernel_h; i++) {
            int y = at.y * g.stride_h - g.pad_h + i * g.dilation_h;
            if (y < 0 || y >= g.height) continue;
            for (int j = 0; j < g.kernel_w; j++) {
                int z = at.x * g.stride_w - g.pad_w + j * g.dilation_w;
                if (z < 0 || z >= g.width) continue;
                A value = x[(((size_t)at.n * g.height + y) * g.width + z) * g.channels + at.c];
                if (winner < 0 || value > best || value != value) {
                    best = value;
                    winner = i * g.kernel_w + j;
                }
            }
        }
        out[k] = best;
        index[k] = max(winner, 0);
    }
}

// dx[y, x] = the sum of dy over the windows whose winner is this pixel.
extern "C" __global__ void max_unpool(const T* dy, const unsigned char* index, T* dx, unsigned size, const Pooling g) {
    EACH(k, size) {
        Place at(k, g.height, g.width, g.channels);
        A total = 0;
        for (int i = 0; i < g.kernel_h; i++) {
            int p = window_at(at.y, i, g.stride_h, g.pad_h, g.dilation_h, g.out_height);
            if (p < 0) continue;
            for (int j = 0; j < g.kernel_w; j++) {
                int q = window_at(at.x, j, g.stride_w, g.pad_w, g.dilation_w, g.out_width);
                if (q < 0) continue;
                size_t from = (((size_t)at.n * g.out_height + p) * g.out_width + q) * g.channels + at.c;
                if (index[from] == i * g.kernel_w + j) total += A(dy[from]);
            }
        }
        dx[k] = total;
    }
}

// out = scale times the sum of the window; the padding is zero.
extern "C" __global__ void window_sum(const T* x, T* out, A scale, unsigned size, const Pooling g) {
    EACH(k, size) {
        Place at(k, g.out_height, g.out_width, g.channels);
        int top = at.y * g.stride_h - g.pad_h, left = at.x * g.stride_w - g.pad_w;
        A total = 0;
        for (int y = max(top, 0); y < min(top + g.kernel_h, g.height); y++)
            for (int z = max(left, 0); z < min(left + g.kernel_w, g.width); z++)
                total += A(x[(((size_t)at.n * g.height + y) * g.width + z) * g.channels + at.c]);
        out[k] = total * scale;
    }
}

// dx[y, x] = scale times the sum of dy over the windows that see this pixel.
extern "C" __global__ void window_spread(const T* dy, T* dx, A scale, unsigned size, const Pooling g) {
    EACH(k, size) {
        Place at(k, g.height, g.width, g.channels);
        A total = 0;
        for (int i = 0; i < g.kernel_h; i++) {
            int p = window_at(at.y, i, g.stride_h, g.pad_h, 1, g.out_height);
            if (p < 0) continue;
            for (int j = 0; j < g.kernel_w; j++) {
                int q = window_at(at.x, j, g.stride_w, g.pad_w, 1, g.out_width);
                if (q >= 0) total += A(dy[(((size_t)at.n * g.out_height + p) * g.out_width + q) * g.channels + at.c]);
            }
        }
        dx[k] = total * scale;
    }
}
