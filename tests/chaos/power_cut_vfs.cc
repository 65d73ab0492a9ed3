#include "tests/chaos/power_cut_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <random>
#include <set>
#include <string>

namespace amikeco::chaos {
namespace {

constexpr int64_t kSector = 512;

// One file, shared by all connections of the process that have it open.
struct Disk {
  std::string path;
  int descriptor = -1;  // never closed: closing it would drop SQLite's locks on the file
  std::string now;      // what this process sees
  std::set<int64_t> unsynced;
};

std::mutex mutex;  // of all disks
std::map<std::string, Disk>& Disks() {
  static auto& disks = *new std::map<std::string, Disk>();
  return disks;
}

sqlite3_vfs* Real() {
  static sqlite3_vfs* const real = sqlite3_vfs_find("unix");
  return real;
}

Disk& DiskOf(const char* path) {
  Disk& disk = Disks()[path];
  if (disk.descriptor >= 0) return disk;
  disk.path = path;
  disk.descriptor = open(path, O_RDWR | O_CLOEXEC);
  struct stat status {};
  if (fstat(disk.descriptor, &status) != 0) std::abort();
  disk.now.resize(static_cast<size_t>(status.st_size));
  if (pread(disk.descriptor, disk.now.data(), disk.now.size(), 0) != status.st_size) std::abort();
  return disk;
}

void PutSector(const Disk& disk, int64_t sector) {
  const int64_t begin = sector * kSector, size = static_cast<int64_t>(disk.now.size());
  if (begin >= size) return;
  const auto length = static_cast<size_t>(std::min(kSector, size - begin));
  if (pwrite(disk.descriptor, disk.now.data() + begin, length, begin) != static_cast<ssize_t>(length)) std::abort();
}

struct File {
  sqlite3_file base;
  Disk* disk;  // null: a file that need not survive
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& Of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
const sqlite3_io_methods& RealOf(sqlite3_file* file) { return *Of(file).real()->pMethods; }

int Close(sqlite3_file* file) { return RealOf(file).xClose(Of(file).real()); }

int Read(sqlite3_file* file, void* to, int amount, sqlite3_int64 from) {
  const std::lock_guard<std::mutex> guard(mutex);
  const std::string& now = Of(file).disk->now;
  const int64_t left = std::clamp<int64_t>(static_cast<int64_t>(now.size()) - from, 0, amount);
  if (left > 0) std::memcpy(to, now.data() + from, static_cast<size_t>(left));
  std::memset(static_cast<char*>(to) + left, 0, static_cast<size_t>(amount - left));
  return left == amount ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int Write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 to) {
  const std::lock_guard<std::mutex> guard(mutex);
  Disk& disk = *Of(file).disk;
  const auto end = static_cast<size_t>(to + amount);
  if (disk.now.size() < end) disk.now.resize(end);
  std::memcpy(disk.now.data() + to, from, static_cast<size_t>(amount));
  for (int64_t sector = to / kSector; sector * kSector < to + amount; ++sector) disk.unsynced.insert(sector);
  return SQLITE_OK;
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  const std::lock_guard<std::mutex> guard(mutex);
  Of(file).disk->now.resize(static_cast<size_t>(size));
  return SQLITE_OK;
}

// The real sync is left out: a process that is killed leaves what it wrote to the system.
int Sync(sqlite3_file* file, int) {
  const std::lock_guard<std::mutex> guard(mutex);
  Disk& disk = *Of(file).disk;
  for (const int64_t sector : disk.unsynced) PutSector(disk, sector);
  disk.unsynced.clear();
  return ftruncate(disk.descriptor, static_cast<off_t>(disk.now.size())) == 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  const std::lock_guard<std::mutex> guard(mutex);
  *size = static_cast<sqlite3_int64>(Of(file).disk->now.size());
  return SQLITE_OK;
}

int Lock(sqlite3_file* file, int level) { return RealOf(file).xLock(Of(file).real(), level); }
int Unlock(sqlite3_file* file, int level) { return RealOf(file).xUnlock(Of(file).real(), level); }
int CheckReserved(sqlite3_file* file, int* out) { return RealOf(file).xCheckReservedLock(Of(file).real(), out); }

int FileControl(sqlite3_file* file, int what, void* argument) {
  // Would make the real file longer.
  if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
  return RealOf(file).xFileControl(Of(file).real(), what, argument);
}

int SectorSize(sqlite3_file* file) { return RealOf(file).xSectorSize(Of(file).real()); }
int Characteristics(sqlite3_file* file) { return RealOf(file).xDeviceCharacteristics(Of(file).real()); }

// The index of the log is shared memory: it does not survive a cut, and is made anew.
int ShmMap(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return RealOf(file).xShmMap(Of(file).real(), region, size, extend, out);
}
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return RealOf(file).xShmLock(Of(file).real(), offset, count, flags);
}
void ShmBarrier(sqlite3_file* file) { RealOf(file).xShmBarrier(Of(file).real()); }
int ShmUnmap(sqlite3_file* file, int remove) { return RealOf(file).xShmUnmap(Of(file).real(), remove); }

const sqlite3_io_methods kMethods = {
    2,        Close,         Read,        Write,      Truncate,        Sync,   FileSize, Lock,
    Unlock,   CheckReserved, FileControl, SectorSize, Characteristics, ShmMap, ShmLock,  ShmBarrier,
    ShmUnmap, nullptr,       nullptr};

int Open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  File* const opened = new (file) File{};
  const int code = Real()->xOpen(Real(), path, opened->real(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  if (path == nullptr) std::abort();  // temporary files are kept in memory
  const std::lock_guard<std::mutex> guard(mutex);
  opened->disk = &DiskOf(path);
  opened->base.pMethods = &kMethods;
  return SQLITE_OK;
}

}  // namespace

void InstallPowerCutVfs() {
  static sqlite3_vfs vfs = *Real();
  vfs.zName = "power-cut";
  vfs.szOsFile = static_cast<int>(sizeof(File)) + Real()->szOsFile;
  vfs.xOpen = Open;
  sqlite3_vfs_register(&vfs, /*makeDflt=*/1);
}

void CutPower(uint64_t seed) {
  mutex.lock();  // for ever: nobody writes any more
  std::mt19937_64 random(seed);
  for (auto& [path, disk] : Disks()) {
    const double reached = std::uniform_int_distribution<int>(0, 2)(random) / 2.0;
    for (const int64_t sector : disk.unsynced) {
      if (std::uniform_real_distribution<double>(0, 1)(random) < reached) PutSector(disk, sector);
    }
  }
  _exit(99);
}

}  // namespace amikeco::chaos
