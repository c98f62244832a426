// Records with undici's SnapshotAgent.
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { SnapshotAgent, request } = require('undici')

async function record(base, folder, name) {
  const agent = new SnapshotAgent({ mode: 'record', snapshotPath: `${folder}/${name}.json` })
  const lines = readFileSync(join(__dirname, 'requests.txt'), 'utf8').trim().split('\n')
  for (const line of lines) {
    const [method, path, ...rest] = line.split(' ')
    const body = rest.length ? rest.join(' ') : undefined
    const headers = body ? { 'content-type': 'application/json' } : {}
    const response = await request(base + path.replace('@', name), { method, body, headers, dispatcher: agent })
    await response.body.dump()
  }
  await agent.saveSnapshots()
  await agent.close()
}

const [base, folder] = process.argv.slice(2)
record(base, folder, 'snapshot-agent')
