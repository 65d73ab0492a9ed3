// A bounded pool of threads for work that may block.
#ifndef AMIKECO_COMMON_RPC_POOL_H_
#define AMIKECO_COMMON_RPC_POOL_H_

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace amikeco {

// Work begins in the order in which it was added. Threads are made when there is work and all others are
// busy. The thread that became idle last is woken first: its stack and caches are warm, and the others sleep
// on. Thread safe.
class Pool {
 public:
  class Work {
   public:
    virtual void Run() = 0;

   protected:
    ~Work() = default;
  };

  explicit Pool(int threads) : most_(threads) {}
  ~Pool() { Stop(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Does not own `work`.
  void Add(Work* work);
  // Runs what was added, then ends the threads.
  void Stop();

 private:
  struct Worker {
    std::condition_variable wake;
    bool woken = false;
  };
  void Loop();

  const int most_;
  std::mutex mutex_;
  bool stopping_ = false;
  std::deque<Work*> waiting_;
  std::vector<Worker*> idle_;  // the last one became idle last
  std::vector<std::thread> threads_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_POOL_H_
