-- Posts the files named on the command line, one after the other, and counts answers by status.
-- The last line: fovea OK BUSY OTHER ERRORS SECONDS P50 P99

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  answered, refused, other = 0, 0, 0
  requests, at = {}, 0
  for _, name in ipairs(args) do
    local file = assert(io.open(name, "rb"))
    table.insert(requests, wrk.format("POST", nil, {["Content-Type"] = "image/jpeg"}, file:read("*a")))
    file:close()
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function response(status)
  if status == 200 then
    answered = answered + 1
  elseif status == 429 then
    refused = refused + 1
  else
    other = other + 1
  end
end

function done(summary, latency)
  local sums = {answered = 0, refused = 0, other = 0}
  for _, thread in ipairs(threads) do
    for name in pairs(sums) do
      sums[name] = sums[name] + thread:get(name)
    end
  end
  local e = summary.errors
  io.write(string.format("fovea %d %d %d %d %.3f %.1f %.1f\n", sums.answered, sums.refused, sums.other,
    e.connect + e.read + e.write + e.timeout, summary.duration / 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
