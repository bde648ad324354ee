// Rows of ``values`` (count, width) added to rows of ``out``: the gradient of an embedding, of a gather, of an index.

#ifndef T_IS_HALF  // which has no atomic addition
// out[rows[k], d] += values[k, d], by whoever comes first: the order of the additions, and so the last bits, vary.
extern "C" __global__ void add_rows(const long long* rows, const T* values, T* out, unsigned count, unsigned width) {
    EACH(i, count * width) atomicAdd(out + rows[i / width] * width + i % width, values[i]);
}
#endif

// The same in a fixed order. ``rows`` is sorted, and its k-th entry belongs to values[order[k]]. The thread at the first entry
// of a row adds all of that row's entries; the others have nothing to do.
extern "C" __global__ void add_sorted_rows(
    const long long* rows, const long long* order, const T* values, T* out, unsigned count, unsigned width) {
    EACH(i, count * width) {
        unsigned k = i / width, d = i % width;
        if (k && rows[k] == rows[k - 1]) continue;
        A total = 0;
        for (unsigned next = k; next < count && rows[next] == rows[k]; next++) total += A(values[order[next] * width + d]);
        out[rows[k] * width + d] = total;
    }
}
