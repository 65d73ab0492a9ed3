// PowerCutVfs: SQLite's files on a disk that forgets, at a power cut, what was not synced.
//
// A write goes into this process's memory; a sync puts the file's writes on the real disk. Whoever kills the process,
// cuts the power: what was not synced is gone. CutPower also puts a random part of the unsynced 512-byte sectors on the
// disk first, as a disk may that writes in an order of its own, so that pages are torn.
#ifndef AMIKECO_TESTS_CHAOS_POWER_CUT_VFS_H_
#define AMIKECO_TESTS_CHAOS_POWER_CUT_VFS_H_

#include <cstdint>

namespace amikeco::chaos {

// From now on all databases that this process opens are on such a disk. For a process of its own: it cannot be undone.
void InstallPowerCutVfs();

// Ends the process with exit code 99 and the power with it. `seed` decides what of the unsynced sectors is on the disk.
[[noreturn]] void CutPower(uint64_t seed);

}  // namespace amikeco::chaos

#endif  // AMIKECO_TESTS_CHAOS_POWER_CUT_VFS_H_
