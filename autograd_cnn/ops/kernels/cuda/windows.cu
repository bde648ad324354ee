// The columns of a convolution (im2col), and their adjoint (col2im).

struct Windows {
    long long x_n, x_c, x_i, x_j, x_p, x_q;  // steps of the windows' memory, along image, channel, tap and position
    int channels, height, width, out_height, out_width;
    int kernel_h, kernel_w, stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
};

// columns[n, p, q, i, j, c] = x[n, p sh - ph + i dh, q sw - pw + j dw, c], 0 outside the image (N, H, W, C).
extern "C" __global__ void unfold(const T* x, T* columns, unsigned size, const Windows g) {
    EACH(k, size) {
        unsigned rest = k;
        int c = rest % g.channels;
        int j = (rest /= g.channels) % g.kernel_w;
        int i = (rest /= g.kernel_w) % g.kernel_h;
        int q = (rest /= g.kernel_h) % g.out_width;
        int p = (rest /= g.out_width) % g.out_height;
        int n = rest / g.out_height;
        int y = p * g.stride_h - g.pad_h + i * g.dilation_h, z = q * g.stride_w - g.pad_w + j * g.dilation_w;
        bool inside = y >= 0 && y < g.height && z >= 0 && z < g.width;
        columns[k] = inside ? x[(((size_t)n * g.height + y) * g.width + z) * g.channels + c] : T(0.0f);
    }
}

// The sum of all x[n, c, i, j, p, q] whose tap lies on pixel (y, z): p sh - ph + i dh = y, q sw - pw + j dw = z.
__device__ A folded(const T* x, const Windows& g, int n, int c, int y, int z) {
    A total = 0;
    for (int i = 0; i < g.kernel_h; i++) {
        int top = y + g.pad_h - i * g.dilation_h, p = top / g.stride_h;
        if (top < 0 || top % g.stride_h || p >= g.out_height) continue;
        for (int j = 0; j < g.kernel_w; j++) {
            int left = z + g.pad_w - j * g.dilation_w, q = left / g.stride_w;
            if (left < 0 || left % g.stride_w || q >= g.out_width) continue;
            total += A(x[n * g.x_n + c * g.x_c + i * g.x_i + j * g.x_j + p * g.x_p + q * g.x_q]);
        }
    }
    return total;
}

// Into images (N, H, W, C).
extern "C" __global__ void fold_channels_last(Strided x, T* out, unsigned size, const Windows g) {
    EACH(k, size) {
        unsigned pixel = k / g.channels;
        out[k] = folded(x, g, pixel / g.width / g.height, k % g.channels, pixel / g.width % g.height, pixel % g.width);
    }
}

// Into images (N, C, H, W).
extern "C" __global__ void fold_channels_first(Strided x, T* out, unsigned size, const Windows g) {
    EACH(k, size) {
        unsigned row = k / g.width, plane = row / g.height;
        out[k] = folded(x, g, plane / g.channels, plane % g.channels, row % g.height, k % g.width);
    }
}
