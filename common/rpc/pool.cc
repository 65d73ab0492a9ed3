#include "common/rpc/pool.h"

namespace amikeco {

void Pool::Add(Work* work) {
  const std::lock_guard<std::mutex> lock(mutex_);
  waiting_.push_back(work);
  if (!idle_.empty()) {
    Worker* const sleeper = idle_.back();
    idle_.pop_back();
    sleeper->woken = true;
    // Under the lock: once woken the worker may end, and its condition with it.
    sleeper->wake.notify_one();
  } else if (static_cast<int>(threads_.size()) < most_) {
    threads_.emplace_back([this] { Loop(); });
  }
}

void Pool::Loop() {
  Worker self;
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    while (!waiting_.empty()) {
      Work* const work = waiting_.front();
      waiting_.pop_front();
      lock.unlock();
      work->Run();
      lock.lock();
    }
    if (stopping_) return;
    self.woken = false;
    idle_.push_back(&self);
    self.wake.wait(lock, [&] { return self.woken; });
  }
}

void Pool::Stop() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    for (Worker* worker : idle_) {
      worker->woken = true;
      worker->wake.notify_one();
    }
    idle_.clear();
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace amikeco
