// Opens an export in igv.js in a headless Chromium, takes pictures and reads values with igv.js's own reader.
// usage: node check.mjs PACKAGES TASK.json      TASK: {config, files: {url: path}, places, views: [{locus, picture}], chromium}
// Prints one JSON object: {version, values, ink}. Nothing but 127.0.0.1 is asked for anything.
import {createRequire} from 'node:module'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'

const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']
const TYPES = {'.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json'}
const [packages, file] = process.argv.slice(2)
const task = JSON.parse(fs.readFileSync(file, 'utf8'))
const here = path.dirname(new URL(import.meta.url).pathname)
const {chromium} = createRequire(path.join(packages, 'package.json'))('playwright-core')

/** Where an address lies on disk; only what the task names, the page and the package are served. */
function place(url) {
    if (url === '/') return path.join(here, 'page.html')
    if (url === '/igv/dist/igv.esm.min.js') return path.join(packages, 'node_modules', url)
    return task.files[url]
}
function answer(request, response) {
    const url = decodeURIComponent(new URL(request.url, 'http://x').pathname)
    if (url === '/config.json') return response.end(JSON.stringify(task.config))
    const found = place(url)
    if (!found || !fs.existsSync(found)) { response.writeHead(404); return response.end() }
    const {size} = fs.statSync(found)
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range || '')
    const start = range ? Number(range[1]) : 0
    const end = range && range[2] ? Math.min(Number(range[2]), size - 1) : size - 1
    const headers = {'Content-Type': TYPES[path.extname(found)] || 'application/octet-stream', 'Accept-Ranges': 'bytes', 'Cache-Control': 'no-store'}
    if (start > end) { response.writeHead(416, {...headers, 'Content-Range': `bytes */${size}`}); return response.end() }
    if (range) headers['Content-Range'] = `bytes ${start}-${end}/${size}`
    response.writeHead(range ? 206 : 200, {...headers, 'Content-Length': end - start + 1})
    fs.createReadStream(found, {start, end}).pipe(response)
}

const server = http.createServer(answer)
await new Promise(done => server.listen(0, '127.0.0.1', done))
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'gxview-chromium-'))
const context = await chromium.launchPersistentContext(profile, {executablePath: task.chromium, headless: true, viewport: {width: 1600, height: 520}, args: FLAGS})
try {
    const page = context.pages()[0] || await context.newPage()
    page.on('console', message => { if (message.type() === 'error') console.error('page:', message.text()) })
    page.on('pageerror', error => console.error('page:', String(error)))
    await page.goto(`http://127.0.0.1:${server.address().port}/`)
    await page.waitForFunction('window.version || window.failed', null, {timeout: 90000})
    const failed = await page.evaluate('window.failed')
    if (failed) throw Error(failed)
    const ink = []
    for (const {locus, picture} of task.views) {
        ink.push(await page.evaluate(where => window.show(where), locus))
        await page.screenshot({path: picture})
    }
    const values = await page.evaluate(places => window.read(places), task.places)
    console.log(JSON.stringify({version: await page.evaluate('window.version'), values, ink}))
} finally {
    await context.close()
    server.close()
    fs.rmSync(profile, {recursive: true, force: true})
}
