// Batch normalisation of channels-last images, seen as (pixels, channels). Blocks of (32, 8): 32 channels, 8 pixels at a time.
// The pixels are cut into pieces; the mean of each piece is taken out before squares are summed, so that a large mean costs
// no digits (Chan, Golub and LeVeque 1979).

#define PIECE_BEGIN(piece, pieces) ((int)((long long)(piece) * pixels / (pieces)))

// Of each piece: mean m, and the sum of (x - m)².
extern "C" __global__ void piece_moments(const T* x, A* means, A* squares, int pixels, int channels) {
    int c = blockIdx.x * 32 + threadIdx.x, begin = PIECE_BEGIN(blockIdx.y, gridDim.y), end = PIECE_BEGIN(blockIdx.y + 1, gridDim.y);
    LongSum<A> total, square;
    if (c < channels)
        for (int p = begin + threadIdx.y; p < end; p += 8) total.add(A(x[(size_t)p * channels + c]));
    A mean = sum_of_column(total.value()) / (end - begin);
    if (c < channels)
        for (int p = begin + threadIdx.y; p < end; p += 8) {
            A away = A(x[(size_t)p * channels + c]) - mean;
            square.add(away * away);
        }
    double squared = sum_of_column(square.value());
    if (c < channels && threadIdx.y == 0) {
        means[blockIdx.y * channels + c] = mean;
        squares[blockIdx.y * channels + c] = squared;
    }
}

// mean = Σ n_i m_i / n;  variance = Σ (q_i + n_i (m_i - mean)²) / n, for pieces of n_i pixels;  factor = w / sqrt(variance + ε), and
// shift = b - (mean - the mean as it is kept) factor.
extern "C" __global__ void join_moments(
    const A* means, const A* squares, const T* weight, const T* bias, T* mean, T* variance, A* factor, A* shift, double epsilon, int pieces,
    int pixels, int channels) {
    int c = blockIdx.x * 32 + threadIdx.x;
    double center = 0, spread = 0;
    if (c < channels)
        for (int i = threadIdx.y; i < pieces; i += 8)
            center += double(means[i * channels + c]) * (PIECE_BEGIN(i + 1, pieces) - PIECE_BEGIN(i, pieces));
    center = sum_of_column(center) / pixels;
    if (c < channels)
        for (int i = threadIdx.y; i < pieces; i += 8) {
            double away = double(means[i * channels + c]) - center;
            spread += double(squares[i * channels + c]) + away * away * (PIECE_BEGIN(i + 1, pieces) - PIECE_BEGIN(i, pieces));
        }
    spread = sum_of_column(spread) / pixels;
    if (c < channels && threadIdx.y == 0) {
        double scale = A(weight[c]) / sqrt(spread + epsilon);
        mean[c] = A(center);
        variance[c] = A(spread);
        factor[c] = scale;
        shift[c] = A(bias[c]) - (center - A(mean[c])) * scale;
    }
}

// (x - mean) factor + shift: in this order a large mean costs no digits
extern "C" __global__ void normalize(const T* x, const T* mean, const A* factor, const A* shift, T* out, unsigned size, int channels) {
    EACH(i, size) {
        int c = i % channels;
        out[i] = (A(x[i]) - A(mean[c])) * factor[c] + shift[c];
    }
}

// Of each piece: Σ dy and Σ dy (x - mean).
extern "C" __global__ void piece_gradients(const T* dy, const T* x, const T* mean, A* sums, A* products, int pixels, int channels) {
    int c = blockIdx.x * 32 + threadIdx.x, begin = PIECE_BEGIN(blockIdx.y, gridDim.y), end = PIECE_BEGIN(blockIdx.y + 1, gridDim.y);
    LongSum<A> sums_here, products_here;
    if (c < channels) {
        A center = mean[c];
        for (int p = begin + threadIdx.y; p < end; p += 8) {
            A signal = dy[(size_t)p * channels + c];
            sums_here.add(signal);
            products_here.add(signal * (A(x[(size_t)p * channels + c]) - center));
        }
    }
    double sum = sum_of_column(sums_here.value());
    double product = sum_of_column(products_here.value());
    if (c < channels && threadIdx.y == 0) {
        sums[blockIdx.y * channels + c] = sum;
        products[blockIdx.y * channels + c] = product;
    }
}

// dbias = Σ dy;  dweight = Σ dy x̂;  and dx = w (dy - dbias / n - x̂ dweight / n) / sqrt(variance + ε) as on_dy dy + on_x (x - mean) + shift.
extern "C" __global__ void join_gradients(
    const A* sums, const A* products, const T* weight, const T* variance, T* dweight, T* dbias, A* on_dy, A* on_x, A* shift,
    double epsilon, int pieces, int pixels, int channels) {
    int c = blockIdx.x * 32 + threadIdx.x;
    double sum = 0, product = 0;
    if (c < channels)
        for (int i = threadIdx.y; i < pieces; i += 8) {
            sum += double(sums[i * channels + c]);
            product += double(products[i * channels + c]);
        }
    sum = sum_of_column(sum);
    product = sum_of_column(product);
    if (c < channels && threadIdx.y == 0) {
        double scale = 1 / sqrt(A(variance[c]) + epsilon), factor = A(weight[c]) * scale;
        dweight[c] = A(product * scale);
        dbias[c] = A(sum);
        on_dy[c] = factor;
        on_x[c] = -factor * scale * scale * product / pixels;
        shift[c] = -factor * sum / pixels;
    }
}

// on_dy dy + on_x (x - mean) + shift
extern "C" __global__ void combine(
    const T* dy, const T* x, const T* mean, const A* on_dy, const A* on_x, const A* shift, T* dx, unsigned size, int channels) {
    EACH(i, size) {
        int c = i % channels;
        dx[i] = A(dy[i]) * on_dy[c] + (A(x[i]) - A(mean[c])) * on_x[c] + shift[c];
    }
}
