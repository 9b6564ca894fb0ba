-- Page views as a browser's tracker sends them: each of another visitor and page, by one of many browsers.
-- wrk -s hits.lua URL -- RUN FILE EACH PAUSE: RUN is a number that no other run has, FILE has a user agent a line,
-- EACH is how many hits a request brings, and PAUSE how many milliseconds a connection waits before each request: then
-- five hits are of one visitor, by one browser, and the pages are those of year.py.

local agents, run, number, each, pause = {}, 0, 0, 1, 0
local browser
local HITS_OF_A_VISITOR = 5

function init(args)
  run = tonumber(args[1])
  math.randomseed(run)
  for line in io.lines(args[2]) do
    agents[#agents + 1] = line
  end
  each = tonumber(args[3])
  pause = tonumber(args[4])
  if pause > 0 then
    function delay()
      return pause
    end
  end
end

local function agent()
  if pause == 0 or number % HITS_OF_A_VISITOR == 0 or not browser then
    -- The square makes the first of them common, and the last rare.
    browser = agents[1 + math.floor(#agents * math.random() ^ 2)]
  end
  return browser
end

local function hit()
  number = number + 1
  local page, title, visitor = string.format("shelf-%d%%2Farticle-%d-%d", number % 50, run, number), number, number
  if pause > 0 then
    title, visitor = math.floor(3000 * math.random() ^ 3), math.floor(number / HITS_OF_A_VISITOR)
    page = string.format("shelf-%d%%2Fboard-%d%%2Farticle-%d", title % 40, title % 200, title)
  end
  return visitor, string.format(
    "?action_name=Article%%20%d%%20%%7C%%20Shop&idsite=1&rec=1&r=%06d&h=%d&m=%d&s=%d&url=http%%3A%%2F%%2Fshop.example%%2F%s"
      .. "&urlref=https%%3A%%2F%%2Fwww.search.example%%2F&_id=%06x%010x&_idn=1&send_image=0&_refts=0&pv_id=%06x"
      .. "&pf_net=12&pf_srv=48&pf_tfr=7&pf_dm1=210&uadata=%%7B%%7D&pdf=1&qt=0&realp=0&wma=0&fla=0&java=0&ag=0"
      .. "&cookie=1&res=1920x1080",
    title, number % 1000000, number % 24, number % 60, number % 60, page, run, visitor, number % 16777216)
end

-- Addresses that are kept for measurements.
local function address(visitor)
  return string.format("198.%d.%d.%d", 18 + visitor % 2, math.floor(visitor / 2) % 256, math.floor(visitor / 512) % 256)
end

local function escaped(text)
  return text:gsub("[^%w]", function(letter)
    return string.format("%%%02x", letter:byte())
  end)
end

function request()
  local headers = {
    ["Accept"] = "*/*",
    ["Accept-Language"] = "de-DE,de;q=0.8,en;q=0.5",
    ["Accept-Encoding"] = "gzip, deflate, br",
    ["Referer"] = "http://shop.example/",
  }
  if each == 1 then
    local visitor, path = hit()
    headers["User-Agent"] = agent()
    headers["X-Forwarded-For"] = address(visitor)
    return wrk.format("GET", "/matomo.php" .. path, headers)
  end
  -- Many hits at once come from a server, which says what each visitor's browser was.
  local hits = {}
  for place = 1, each do
    local _, path = hit()
    hits[place] = path .. "&ua=" .. escaped(agent())
  end
  headers["Content-Type"] = "application/json"
  return wrk.format("POST", "/matomo.php", headers, '{"requests": ["' .. table.concat(hits, '", "') .. '"]}')
end

function done(summary, latency, _requests)
  local errors = summary.errors
  io.write(string.format(
    '{"answered": %d, "seconds": %.6f, "failed": %d, "median_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
