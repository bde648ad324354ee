// CUDA C on a CPU, for tests: stands before a source and lets g++ compile it. A launch runs block after block; the threads of a
// block are fibers that change places at barriers only, so a barrier that not all threads reach is found.

#include <ucontext.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <type_traits>
#include <utility>

using std::exp, std::log, std::max, std::min, std::sqrt;
typedef _Float16 half;

#define __global__
#define __device__
#define __shared__ static
#define __syncthreads() emulator::wait(emulator::AT_BLOCK, __LINE__)
#define __shfl_xor_sync(mask, value, apart) emulator::exchange(value, apart, __LINE__)

struct Index3 {
    unsigned x, y, z;
};
static Index3 threadIdx, blockIdx, blockDim, gridDim;

template <typename V>
V atomicAdd(V* at, V value) {
    V before = *at;
    *at += value;
    return before;
}

namespace emulator {

enum State { READY, AT_WARP, AT_BLOCK, DONE };
const int STACK = 64 * 1024, MOST = 1024;

struct Fiber {
    ucontext_t context;
    Index3 index;
    State state;
    int line;
};
static Fiber fibers[MOST];
static char* stacks = nullptr;
static ucontext_t scheduler;
static int current = -1, count;  // current: the running fiber; -1 where threads run one after another, without fibers
static bool met_barrier;
static char message[200];
static long long slots[MOST];

inline void wait(State where, int line) {
    met_barrier = true;
    if (current < 0) {
        snprintf(message, sizeof message, "line %d: a barrier in a kernel that had none at its first launch", line);
        return;
    }
    fibers[current].state = where;
    fibers[current].line = line;
    swapcontext(&fibers[current].context, &scheduler);
}

template <typename V>
V exchange(V value, int apart, int line) {
    int me = current;
    memcpy(&slots[me], &value, sizeof value);
    wait(AT_WARP, line);
    int other = me / 32 * 32 + (me % 32 ^ apart);
    memcpy(&value, &slots[other], sizeof value);
    wait(AT_WARP, line);
    return value;
}

// Whether all fibers of begin..end-1 wait at the same place; they go on then.
inline bool released(int begin, int end, State where) {
    for (int i = begin; i < end; i++)
        if (fibers[i].state != where || fibers[i].line != fibers[begin].line) return false;
    for (int i = begin; i < end; i++) fibers[i].state = READY;
    return true;
}

template <typename Run>
void run_fiber(unsigned low, unsigned high) {
    (*reinterpret_cast<Run*>((unsigned long long)high << 32 | low))();
    fibers[current].state = DONE;
    swapcontext(&fibers[current].context, &scheduler);
}

template <typename Run>
bool run_block(Run& run, bool backwards) {
    if (!stacks) stacks = new char[(size_t)STACK * MOST];
    unsigned long long address = reinterpret_cast<unsigned long long>(&run);
    for (int i = 0; i < count; i++) {
        fibers[i].index = {i % blockDim.x, i / blockDim.x % blockDim.y, i / blockDim.x / blockDim.y};
        fibers[i].state = READY;
        getcontext(&fibers[i].context);
        fibers[i].context.uc_stack.ss_sp = stacks + (size_t)i * STACK;
        fibers[i].context.uc_stack.ss_size = STACK;
        makecontext(&fibers[i].context, (void (*)())run_fiber<Run>, 2, (unsigned)address, (unsigned)(address >> 32));
    }
    for (;;) {
        bool ran = false;
        for (int k = 0; k < count; k++) {
            current = backwards ? count - 1 - k : k;
            if (fibers[current].state != READY) continue;
            ran = true;
            threadIdx = fibers[current].index;
            swapcontext(&scheduler, &fibers[current].context);
        }
        current = -1;
        for (int warp = 0; warp < count; warp += 32) ran |= released(warp, min(warp + 32, count), AT_WARP);
        ran |= released(0, count, AT_BLOCK);
        bool done = true;
        for (int i = 0; i < count; i++) done &= fibers[i].state == DONE;
        if (done) return true;
        if (!ran) {
            for (int i = 0; i < count; i++)
                if (fibers[i].state != DONE) snprintf(message, sizeof message, "line %d: some threads wait at a barrier that others never reach", fibers[i].line);
            return false;
        }
    }
}

template <typename Run>
const char* run_grid(Run run, const unsigned* sizes, bool backwards, bool* barriers) {
    gridDim = {sizes[0], sizes[1], sizes[2]};
    blockDim = {sizes[3], sizes[4], sizes[5]};
    count = blockDim.x * blockDim.y * blockDim.z;
    message[0] = 0;
    met_barrier = false;
    for (unsigned z = 0; z < gridDim.z; z++)
        for (unsigned y = 0; y < gridDim.y; y++)
            for (unsigned x = 0; x < gridDim.x; x++) {
                blockIdx = {x, y, z};
                if (*barriers) {
                    if (!run_block(run, backwards)) return message;
                    continue;
                }
                for (int k = 0; k < count; k++) {
                    unsigned i = backwards ? count - 1 - k : k;
                    threadIdx = {i % blockDim.x, i / blockDim.x % blockDim.y, i / blockDim.x / blockDim.y};
                    run();
                }
                if (message[0]) return message;
            }
    *barriers = met_barrier;
    return nullptr;
}

template <typename... P, size_t... I>
const char* call(void (*kernel)(P...), std::index_sequence<I...>, void** args, const unsigned* sizes, bool backwards, bool* barriers) {
    return run_grid([=] { kernel(*static_cast<std::remove_const_t<P>*>(args[I])...); }, sizes, backwards, barriers);
}

template <typename... P>
const char* launch(void (*kernel)(P...), void** args, const unsigned* sizes, bool backwards, bool* barriers) {
    return call(kernel, std::index_sequence_for<P...>(), args, sizes, backwards, barriers);
}

// NumPy's name of a type: its kind and its bytes, P before what is pointed to.
template <typename V>
char* type_name(char* out, V*) {
    using U = std::remove_cv_t<V>;
    if constexpr (std::is_pointer_v<U>) {
        *out++ = 'P';
        return type_name(out, (std::remove_pointer_t<U>*)nullptr);
    } else {
        char kind = std::is_same_v<U, half> || std::is_floating_point_v<U> ? 'f' : !std::is_integral_v<U> ? 'V' : std::is_signed_v<U> ? 'i' : 'u';
        return out + sprintf(out, "%c%zu", kind, sizeof(U));
    }
}

template <typename... P>
const char* signature(void (*)(P...)) {
    static char text[1000];
    char* out = text;
    ((out = type_name(out, (P*)nullptr), *out++ = ' '), ...);
    *out = 0;
    return text;
}

}  // namespace emulator
