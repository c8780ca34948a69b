-- wrk -t1 -s page.lua URL: asks for the same again and again. Prints one line of JSON when it is done.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"answers": %d, "refused": %d, "broken": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f}\n',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
