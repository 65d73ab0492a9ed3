// The Lua that RedisQueue runs inside Redis, where several keys must be seen and changed at one moment.
//
// Keys: `{prefix}:{source}:published` (hash: `epoch`; `all`, the number up to which everything was added; `0`…`7`, the
// last number added to each partition; `floor`, the number up to which facts may have been dropped; `groups`, those
// that had acknowledged them, with spaces between), then the partitions' streams `{prefix}:{source}:0`…`7`.
#ifndef AMIKECO_COMMON_EVENTS_REDIS_SCRIPTS_H_
#define AMIKECO_COMMON_EVENTS_REDIS_SCRIPTS_H_

namespace amikeco::redis_scripts {

// What the scripts below share. A stream whose last id is lower than the last number that was added to it has been
// evicted, or deleted, or made anew by a consumer since.
inline constexpr char kCommon[] = R"lua(
local published = KEYS[1]
local function number(id) return tonumber(string.match(id, '^%d+')) end
local function field(reply, name)
  for i = 1, #reply, 2 do if reply[i] == name then return reply[i + 1] end end
end
local function last(p)
  local info = redis.pcall('XINFO', 'STREAM', KEYS[p + 2])
  if info.err then return 0 end
  return number(field(info, 'last-generated-id'))
end
local function intact(p)
  local added = redis.call('HGET', published, tostring(p))
  return not added or last(p) >= tonumber(added)
end
)lua";

// ARGV: epoch, floor, groups. Returns the number up to which everything is there that any group still needs.
inline constexpr char kBegin[] = R"lua(
if redis.call('HGET', published, 'epoch') ~= ARGV[1] then
  redis.call('DEL', unpack(KEYS))
  redis.call('HSET', published, 'epoch', ARGV[1], 'all', '0')
end
for p = 0, #KEYS - 2 do
  if not intact(p) then redis.call('HDEL', published, tostring(p)); redis.call('HSET', published, 'all', '0') end
end
if tonumber(redis.call('HGET', published, 'all')) < tonumber(ARGV[2]) then
  redis.call('HSET', published, 'all', ARGV[2])
end
redis.call('HSET', published, 'floor', ARGV[2], 'groups', ARGV[3])
return tonumber(redis.call('HGET', published, 'all'))
)lua";

// ARGV: epoch, after, floor, then partition, number, subject and event of each fact. Returns 1, or 0 when something
// was lost. Stops at the first fact that cannot be added: one behind it would hide that it is missing.
inline constexpr char kPublish[] = R"lua(
if redis.call('HGET', published, 'epoch') ~= ARGV[1] then return 0 end
local all = tonumber(redis.call('HGET', published, 'all'))
local after = tonumber(ARGV[2])
if all < after and after > tonumber(ARGV[3]) then return 0 end
local checked = {}
for i = 4, #ARGV, 4 do
  local p = tonumber(ARGV[i])
  if not checked[p] and not intact(p) then return 0 end
  checked[p] = true
end
for i = 4, #ARGV, 4 do
  local added = redis.pcall('XADD', KEYS[tonumber(ARGV[i]) + 2], ARGV[i + 1] .. '-0',
                            'subject', ARGV[i + 2], 'event', ARGV[i + 3])
  if type(added) == 'table' and added.err then
    if not string.find(added.err, 'equal or smaller', 1, true) then return added end
  else
    redis.call('HSET', published, ARGV[i], ARGV[i + 1])
  end
  if tonumber(ARGV[i + 1]) > all then all = tonumber(ARGV[i + 1]) end
end
redis.call('HSET', published, 'all', string.format('%.0f', all))
return 1
)lua";

// Returns {all, {length, last, added, {group, pending, delivered, lowest pending or 0}…} for each partition}.
inline constexpr char kStats[] = R"lua(
local result = {tonumber(redis.call('HGET', published, 'all') or '0')}
for p = 0, #KEYS - 2 do
  local key = KEYS[p + 2]
  local entry = {redis.call('XLEN', key), last(p), tonumber(redis.call('HGET', published, tostring(p)) or '0')}
  local groups = redis.pcall('XINFO', 'GROUPS', key)
  if not groups.err then
    for _, group in ipairs(groups) do
      local name, pending, lowest = field(group, 'name'), field(group, 'pending'), 0
      if pending > 0 then lowest = number(redis.call('XPENDING', key, name)[2]) end
      entry[#entry + 1] = {name, pending, number(field(group, 'last-delivered-id')), lowest}
    end
  end
  result[#result + 1] = entry
end
return result
)lua";

// ARGV: a group, which is made where it is not there. Returns 1, or 0 while it must not read: it would miss what was
// dropped before it came.
inline constexpr char kJoin[] = R"lua(
for p = 0, #KEYS - 2 do
  local made = redis.pcall('XGROUP', 'CREATE', KEYS[p + 2], ARGV[1], '0', 'MKSTREAM')
  if made.err and not string.find(made.err, 'BUSYGROUP', 1, true) then return made end
end
if redis.call('HEXISTS', published, 'epoch') == 0 then return 0 end
if tonumber(redis.call('HGET', published, 'floor') or '0') == 0 then return 1 end
local groups = ' ' .. (redis.call('HGET', published, 'groups') or '') .. ' '
return string.find(groups, ' ' .. ARGV[1] .. ' ', 1, true) and 1 or 0
)lua";

// ARGV: epoch, the number up to which facts are dropped, then the groups that have acknowledged them. Drops nothing
// when there are others. Never XDEL: it makes the lag that Redis reports wrong, and leaves holes among what is pending.
inline constexpr char kTrim[] = R"lua(
if redis.call('HGET', published, 'epoch') ~= ARGV[1] then return 0 end
local done = {}
for i = 3, #ARGV do done[ARGV[i]] = true end
for p = 0, #KEYS - 2 do
  local groups = redis.pcall('XINFO', 'GROUPS', KEYS[p + 2])
  if not groups.err then
    for _, group in ipairs(groups) do if not done[field(group, 'name')] then return 0 end end
  end
end
for p = 0, #KEYS - 2 do redis.call('XTRIM', KEYS[p + 2], 'MINID', string.format('%.0f-0', ARGV[2] + 1)) end
if tonumber(redis.call('HGET', published, 'floor') or '0') < tonumber(ARGV[2]) then
  redis.call('HSET', published, 'floor', ARGV[2], 'groups', table.concat(ARGV, ' ', 3))
end
return 1
)lua";

// Renews, takes and gives back a consumer's partitions of one group. KEYS: members (sorted set: consumer by the time,
// in ms, at which it counts as gone), then the partitions' leases (the holder's name, expiring). ARGV: consumer, lease
// in ms, then '1' for each partition that the consumer still has unacknowledged facts of, else '0'. Returns '1' or '0'
// for each partition: held now.
inline constexpr char kLease[] = R"lua(
local time = redis.call('TIME')
local now, me, lease = time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1], tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], now + lease, me)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('PEXPIRE', KEYS[1], lease)
local partitions = #KEYS - 1
local share = math.ceil(partitions / redis.call('ZCARD', KEYS[1]))
local held, result = 0, {}
for p = 1, partitions do
  result[p] = 0
  if redis.call('GET', KEYS[p + 1]) == me then
    if held >= share and ARGV[p + 2] == '0' then
      redis.call('DEL', KEYS[p + 1])
    else
      redis.call('PEXPIRE', KEYS[p + 1], lease)
      held = held + 1
      result[p] = 1
    end
  end
end
for p = 1, partitions do
  if result[p] == 0 and held < share and redis.call('SET', KEYS[p + 1], me, 'NX', 'PX', lease) then
    held = held + 1
    result[p] = 1
  end
end
return result
)lua";

// KEYS as for kLease; ARGV: consumer.
inline constexpr char kLeave[] = R"lua(
redis.call('ZREM', KEYS[1], ARGV[1])
for p = 2, #KEYS do
  if redis.call('GET', KEYS[p]) == ARGV[1] then redis.call('DEL', KEYS[p]) end
end
return 1
)lua";

}  // namespace amikeco::redis_scripts

#endif  // AMIKECO_COMMON_EVENTS_REDIS_SCRIPTS_H_
