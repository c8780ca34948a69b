-- wrk -t1 -s redeem.lua URL -- SHOPS START CLAIMS PATH
-- Request k redeems claim n = k * 611953 % CLAIMS (a prime, so each once), with the Host and Authorization of line n % 300 of the
-- file SHOPS and an Idempotency-Key of its own, spread like a random one. Prints one line of JSON when it is done.
local threads = {}

function setup(thread) table.insert(threads, thread) end

function init(args)
  local path = args[4]
  heads = {}
  for line in io.lines(args[1]) do
    local host, authorization = line:match("^(.-)\t(.*)$")
    heads[#heads + 1] = "POST " .. path .. " HTTP/1.1\r\nHost: " .. host .. "\r\nAuthorization: " .. authorization
      .. "\r\nContent-Type: application/json\r\nContent-Length: 17\r\nIdempotency-Key: "
  end
  k = tonumber(args[2])
  claims = tonumber(args[3])
end

function request()
  local n = (k * 611953) % claims
  k = k + 1
  local key = string.format("%08x-0000-4000-8000-%012x", (n * 2654435761) % 4294967296, n)
  return heads[n % 300 + 1] .. key .. string.format('\r\n\r\n{"code":"%d"}', 100000 + math.floor(n / 3))
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"next": %d, "answers": %d, "refused": %d, "broken": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f}\n',
    threads[1]:get("k"), summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
