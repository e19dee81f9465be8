import Budget
import CSupport
import Glibc

/// A fixed pool of threads that share out numbered work. The calling thread is worker 0; with one thread there are no
/// others. Starting a round and waiting for its end allocate nothing.
package final class WorkerPool {
  package let threads: Int
  private let shared: Shared
  private var handles: [pthread_t] = []

  /// What the threads share. New threads wait at the gate until all are there or one was refused; from then on the
  /// barrier orders every access.
  private final class Shared: @unchecked Sendable {
    let body: (_ item: Int, _ thread: Int) -> Void
    let threads: Int
    let barrier: UnsafeMutablePointer<qkd_barrier>
    let gate: UnsafeMutablePointer<pthread_mutex_t>
    /// Written and read behind the gate.
    var isRefused = false
    /// Both are written before a round and read after its beginning.
    var items = 0..<0
    var ends = false

    init(_ threads: Int, _ body: @escaping (Int, Int) -> Void) {
      self.threads = threads
      self.body = body
      barrier = .allocate(capacity: 1)
      gate = .allocate(capacity: 1)
      pthread_mutex_init(gate, nil)
    }

    deinit {
      pthread_mutex_destroy(gate)
      gate.deallocate()
      barrier.deallocate()
    }

    func work(_ thread: Int) {
      var item = items.lowerBound + thread
      while item < items.upperBound {
        body(item, thread)
        item += threads
      }
    }
  }

  private final class Start {
    let shared: Shared
    let worker: Int
    init(_ shared: Shared, _ worker: Int) {
      self.shared = shared
      self.worker = worker
    }
  }

  /// - Parameter body: called with an item's number and the worker's, on its thread.
  /// - Throws: `SessionError.thread` when the system refuses a thread.
  package init(threads: Int, body: @escaping (_ item: Int, _ thread: Int) -> Void) throws(SessionError) {
    self.threads = threads
    shared = Shared(threads, body)
    if threads == 1 { return }
    qkd_barrier_init(shared.barrier, UInt32(threads))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, ProcessMemory.threadStackBytes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_mutex_lock(shared.gate)
    for worker in 1..<threads {
      let start = Unmanaged.passRetained(Start(shared, worker))
      var handle = pthread_t()
      let status = pthread_create(
        &handle, &attributes,
        { context in
          let start = Unmanaged<Start>.fromOpaque(context!).takeRetainedValue()
          let shared = start.shared
          qkd_touch_thread_stack()
          pthread_mutex_lock(shared.gate)
          let isRefused = shared.isRefused
          pthread_mutex_unlock(shared.gate)
          while !isRefused {
            qkd_barrier_wait(shared.barrier)
            if shared.ends { return nil }
            shared.work(start.worker)
            qkd_barrier_wait(shared.barrier)
          }
          return nil
        }, start.toOpaque())
      if status != 0 {
        start.release()
        shared.isRefused = true
        pthread_mutex_unlock(shared.gate)
        for handle in handles { pthread_join(handle, nil) }
        handles = []
        throw .thread(errno: status)
      }
      handles.append(handle)
    }
    pthread_mutex_unlock(shared.gate)
  }

  /// Runs the body once for every item, dealt out to the workers by its number, and waits for all.
  package func run(_ items: Range<Int>) {
    shared.items = items
    if threads > 1 { qkd_barrier_wait(shared.barrier) }
    shared.work(0)
    if threads > 1 { qkd_barrier_wait(shared.barrier) }
  }

  deinit {
    if handles.count + 1 < threads || threads == 1 { return }
    shared.ends = true
    qkd_barrier_wait(shared.barrier)
    for handle in handles { pthread_join(handle, nil) }
  }
}
