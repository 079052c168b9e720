/**
 * The part of a dissector that is the same for all protocols, in the Lua 5.2 of Wireshark. It reads
 * packets as `layout-reader.ts` does for the packet panel. In the file of the dissector, the text
 * before it must define PORTS, FIELD_REPEATS_MAX and PROTOCOLS.
 *
 * @module
 */

const READING = `
local MAJORS = { ["cbor unsigned"] = 0, ["cbor bytes"] = 2, ["cbor array"] = 4 }
local START_BYTES = 6
local DEPTH_MAX = 8

local function contains(list, value)
  for _, one in ipairs(list) do if one == value then return true end end
  return false
end

local function sum(numbers, of)
  if type(of) == "string" then return numbers[of] or 0 end
  local total = 0
  for _, name in ipairs(of) do total = total + (numbers[name] or 0) end
  return total
end

local function amountOf(numbers, amount)
  if type(amount) == "number" then return amount end
  return sum(numbers, amount.of) * (amount.times or 1) + (amount.plus or 0)
end

local function holds(numbers, when)
  local value = sum(numbers, when.of)
  if when.is and not contains(when.is, value) then return false end
  return not (when.isNot and contains(when.isNot, value))
end

local function written(tvb, at, length, form)
  local parts, isCut = {}, form == "start" and length > START_BYTES
  for i = 0, (isCut and START_BYTES or length) - 1 do
    parts[#parts + 1] = string.format(form == "dotted" and "%d" or "%02x", tvb(at + i, 1):uint())
  end
  return table.concat(parts, form == "dotted" and "." or "") .. (isCut and "…" or "")
end

-- A number of up to 8 bytes, as a 64-bit value.
local function unsigned(tvb, at, length)
  local high = length > 4 and tvb(at, length - 4):uint() or 0
  local low = length > 4 and tvb(at + length - 4, 4):uint() or tvb(at, length):uint()
  return UInt64.new(low, high)
end

-- The argument of the head of a CBOR item; nil if it is not in its shortest form.
local function argument(tvb, at, length)
  if length == 1 then return UInt64.new(tvb(at, 1):uint() % 32, 0) end
  local value = unsigned(tvb, at + 1, length - 1)
  local least = length == 2 and UInt64.new(24, 0) or UInt64.new(1, 0):lshift(4 * (length - 1))
  if value < least then return nil end
  return value
end

local function bitsAt(tvb, from, count)
  local high, low = 0, 0
  for bit = from, from + count - 1 do
    local one = math.floor(tvb(math.floor(bit / 8), 1):uint() / 2 ^ (7 - bit % 8)) % 2
    high = (high * 2 + math.floor(low / 0x80000000)) % 0x100000000
    low = (low * 2 + one) % 0x100000000
  end
  return high * 0x100000000 + low, UInt64.new(low, high)
end

local function bitsText(value, exact, part)
  local width = math.ceil(part.bits / 4)
  local digits = string.rep("0", width - #exact:tohex()) .. exact:tohex()
  digits = digits:sub(-width)
  if part.form == "hex" then return digits end
  if part.form ~= "groups" or value <= (part.groupsAbove or -1) then return tostring(exact) end
  local groups = {}
  for group in digits:gmatch("%x%x%x%x") do
    groups[#groups + 1] = string.format("%x", tonumber(group, 16))
  end
  return table.concat(groups, ":")
end

local function lengthOf(reading, field)
  local size, at, to = field.size, reading.at, reading.to
  if size == "rest" then return to - at end
  if type(size) == "table" and size.isUntil then
    return amountOf(reading.numbers, size.amount) - (at - reading.from)
  end
  if type(size) ~= "string" then return amountOf(reading.numbers, size) end
  if at >= to then return 1 end
  local first = reading.tvb(at, 1):uint()
  local info = first % 32
  if math.floor(first / 32) ~= MAJORS[size] or info > 27 then return -1 end
  return info < 24 and 1 or 1 + 2 ^ (info - 24)
end

-- The text of a value, and the value if it is a number; nil if the packet is of another protocol.
local function valueOf(reading, field, length)
  local tvb, at = reading.tvb, reading.at
  local isCbor = MAJORS[field.size] ~= nil
  if not isCbor and length > 8 then return written(tvb, at, length, field.form) end
  local exact = isCbor and argument(tvb, at, length) or (not isCbor and unsigned(tvb, at, length))
  if not exact then return nil end
  local value = exact:tonumber()
  if field.only and not contains(field.only, value) then return nil end
  reading.numbers[field.name] = value
  if field.names and field.names[value] then return field.names[value], exact, true end
  if field.form == "number" then return tostring(exact), exact end
  return written(tvb, at, length, field.form), exact
end

local function bitsOf(reading, field)
  local texts, items, bit = {}, {}, 8 * reading.at
  for _, part in ipairs(field.bits or {}) do
    local value, exact = bitsAt(reading.tvb, bit, part.bits)
    local first = math.floor(bit / 8)
    bit = bit + part.bits
    if part.only and not contains(part.only, value) then return nil end
    if part.name ~= "" then
      local text = part.names and part.names[value] or bitsText(value, exact, part)
      reading.numbers[part.name] = value
      reading.texts[part.name] = text
      texts[#texts + 1] = text
      items[#items + 1] = {
        slug = part.slug, name = part.name, text = text, value = exact,
        at = first, length = math.ceil(bit / 8) - first,
      }
    end
  end
  return table.concat(texts, ", "), items
end

-- "read", "foreign" or "cut".
local function readOne(reading, layer, field, name)
  local length = lengthOf(reading, field)
  if length < 0 then return "foreign" end
  if length == 0 then return "read" end
  if reading.at + length > reading.to then return "cut" end
  local text, value, isNamed = valueOf(reading, field, length)
  local bits, items = bitsOf(reading, field)
  if text == nil or bits == nil then return "foreign" end
  if field.bits and field.isPlain then text = bits end
  reading.texts[field.name] = text
  if isNamed then reading.words[#reading.words + 1] = text end
  if field.name ~= "" then
    local own = { value = text, bytes = tostring(length) }
    local shown = text
    if field.text then
      shown = field.text:gsub("{([^}]+)}", function (of)
        return own[of] or reading.texts[of] or ""
      end)
    end
    reading.found[#reading.found + 1] = {
      layer = layer, slug = field.slug, name = name, text = shown, bits = items,
      value = field.kind == "number" and value or nil, kind = field.kind,
      at = reading.at, length = length, holds = field.holds,
    }
  end
  reading.at = reading.at + length
  return "read"
end

local function readField(reading, layer, field)
  if field.when and not holds(reading.numbers, field.when) then return "read" end
  if not field.times then return readOne(reading, layer, field, field.name) end
  local times = math.min(FIELD_REPEATS_MAX, amountOf(reading.numbers, field.times))
  local now = field.now and reading.numbers[field.now]
  for number = 0, times - 1 do
    local mark = number == now and " (now)" or ""
    local outcome = readOne(reading, layer, field, field.name .. " " .. number .. mark)
    if outcome ~= "read" then return outcome end
  end
  return "read"
end

local function readPacket(protocol, tvb, from, to)
  local reading = {
    tvb = tvb, from = from, at = from, to = to, numbers = {}, texts = {}, words = {}, found = {},
  }
  for _, group in ipairs(protocol.layers) do
    for _, field in ipairs(group.fields) do
      local outcome = readField(reading, group.layer, field)
      if outcome == "foreign" or (outcome == "cut" and protocol.isWhole) then return nil end
      if outcome == "cut" then return reading end
    end
  end
  if protocol.isWhole and reading.at < to then return nil end
  return reading
end
`;

const SHOWING = `
local function isAsked(protocol, wanted, within)
  if protocol == within then return false end
  if wanted == "any" then return protocol.isRoot end
  return protocol.name == wanted
end

-- The reading of the protocol that knows the most fields, with the packets inside.
local function bestOf(tvb, from, to, wanted, within, depth)
  local best
  if depth > DEPTH_MAX then return nil end
  for _, protocol in ipairs(PROTOCOLS) do
    local reading = isAsked(protocol, wanted, within) and readPacket(protocol, tvb, from, to)
    if reading then
      reading.protocol, reading.inner, reading.count = protocol, {}, 0
      for number, one in ipairs(reading.found) do
        local inner = one.holds
          and bestOf(tvb, one.at, one.at + one.length, one.holds, protocol, depth + 1)
        reading.inner[number] = inner or nil
        reading.count = reading.count + (inner and inner.count or 1)
      end
      if reading.count > 0 and (not best or reading.count > best.count) then best = reading end
    end
  end
  return best
end

local main = Proto("orrery", "Orrery")
local handles = {}

local function huntedScenarioOf(protocol, slug, name, kind)
  local key = protocol.abbreviation .. "." .. slug
  local own = handles[protocol.abbreviation]
  if not own.fields[key] then
    local make = kind == "number" and ProtoField.uint64 or ProtoField.bytes
    own.fields[key] = { kind = kind, handle = make(key, name) }
    own.list[#own.list + 1] = own.fields[key].handle
  end
  -- Two fields of one name: the second has its kind in its name.
  if own.fields[key].kind ~= kind then return huntedScenarioOf(protocol, slug .. "_" .. kind, name, kind) end
  return own.fields[key].handle
end

for _, protocol in ipairs(PROTOCOLS) do
  local proto = Proto(protocol.abbreviation, protocol.name .. " (Orrery)")
  handles[protocol.abbreviation] = { proto = proto, fields = {}, list = {} }
  for _, group in ipairs(protocol.layers) do
    for _, field in ipairs(group.fields) do
      if field.name ~= "" then huntedScenarioOf(protocol, field.slug, field.name, field.kind) end
      for _, part in ipairs(field.bits or {}) do
        if part.name ~= "" then huntedScenarioOf(protocol, part.slug, part.name, "number") end
      end
    end
  end
  proto.fields = handles[protocol.abbreviation].list
end

local function add(tree, protocol, tvb, one, kind)
  local handle = huntedScenarioOf(protocol, one.slug, one.name, kind)
  local range = tvb(one.at, one.length)
  local item = one.value and tree:add(handle, range, one.value) or tree:add(handle, range)
  item:set_text(one.text == "" and one.name or one.name .. ": " .. one.text)
  return item
end

local function show(reading, tvb, pinfo, tree)
  local protocol = reading.protocol
  local proto = handles[protocol.abbreviation].proto
  local last, group
  pinfo.cols.protocol = protocol.name
  pinfo.cols.info = table.concat(reading.words, ", ")
  for number, one in ipairs(reading.found) do
    local inner = reading.inner[number]
    if inner then
      show(inner, tvb, pinfo, tree)
    else
      if one.layer ~= last then
        local length = 0
        for _, other in ipairs(reading.found) do
          if other.layer == one.layer then length = other.at + other.length - one.at end
        end
        local isNamed = one.layer:lower():find(protocol.name, 1, true)
        local title = isNamed and one.layer or protocol.name .. ": " .. one.layer
        group = tree:add(proto, tvb(one.at, length), title)
        last = one.layer
      end
      local item = add(group, protocol, tvb, one, one.kind)
      for _, part in ipairs(one.bits or {}) do add(item, protocol, tvb, part, "number") end
    end
  end
end

function main.dissector(tvb, pinfo, tree)
  local best = bestOf(tvb, 0, tvb:len(), "any", nil, 0)
  if not best then return 0 end
  show(best, tvb, pinfo, tree)
  return tvb:len()
end

for _, range in ipairs(PORTS) do DissectorTable.get("udp.port"):add(range, main) end
`;

/** The part of a Lua dissector that is the same for all protocols. */
export const LUA_RUNTIME: string = READING + SHOWING;
