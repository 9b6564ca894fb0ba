-- Page views as a browser's tracker sends them: each of another visitor and page, by one of many browsers.
-- wrk -s hits.lua URL -- RUN FILE: RUN is a number that no other run has, FILE has a user agent a line.

local agents, run, number = {}, 0, 0

function init(args)
  run = tonumber(args[1])
  math.randomseed(run)
  for line in io.lines(args[2]) do
    agents[#agents + 1] = line
  end
end

function request()
  number = number + 1
  -- The square makes the first of them common, and the last rare.
  local agent = agents[1 + math.floor(#agents * math.random() ^ 2)]
  local page = string.format("http%%3A%%2F%%2Fshop.example%%2Fshelf-%d%%2Farticle-%d-%d", number % 50, run, number)
  local path = string.format(
    "/matomo.php?action_name=Article%%20%d%%20%%7C%%20Shop&idsite=1&rec=1&r=%06d&h=%d&m=%d&s=%d&url=%s"
      .. "&urlref=https%%3A%%2F%%2Fwww.search.example%%2F&_id=%06x%010x&_idn=1&send_image=0&_refts=0&pv_id=%06x"
      .. "&pf_net=12&pf_srv=48&pf_tfr=7&pf_dm1=210&uadata=%%7B%%7D&pdf=1&qt=0&realp=0&wma=0&fla=0&java=0&ag=0"
      .. "&cookie=1&res=1920x1080",
    number, number % 1000000, number % 24, number % 60, number % 60, page, run, number, number % 16777216)
  return wrk.format("GET", path, {
    ["User-Agent"] = agent,
    ["Accept"] = "*/*",
    ["Accept-Language"] = "de-DE,de;q=0.8,en;q=0.5",
    ["Accept-Encoding"] = "gzip, deflate, br",
    ["Referer"] = "http://shop.example/",
  })
end

function done(summary, latency, _requests)
  local errors = summary.errors
  io.write(string.format(
    '{"answered": %d, "seconds": %.6f, "failed": %d, "median_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
