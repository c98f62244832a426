# Records with Ruby's VCR, through WebMock.
require 'net/http'
require 'vcr'

base, folder = ARGV
name = 'vcr'
VCR.configure do |config|
  config.cassette_library_dir = folder
  config.hook_into :webmock
  config.default_cassette_options = { record: :all, match_requests_on: %i[method uri body] }
  config.filter_sensitive_data('<API_KEY>') { 't-5up3r-s3cr3t-0123456789' }
end
VCR.use_cassette(name) do
  File.readlines(File.join(__dir__, 'requests.txt'), chomp: true).each do |line|
    method, path, body = line.split(' ', 3)
    uri = URI(base + path.sub('@', name))
    request = Net::HTTP.const_get(method.capitalize).new(uri)
    # Net::HTTP unpacks by itself only what it has asked for itself.
    request['Accept-Encoding'] = 'gzip'
    request['X-Api-Key'] = 't-5up3r-s3cr3t-0123456789'
    request.content_type = 'application/json' if body
    request.body = body
    Net::HTTP.start(uri.host, uri.port, nil) { |http| http.request(request) }
  end
end
