// The rows of the table: what is run, in which versions.

import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { away, environment, expectFailure, expectOk, run } from './run.mjs';

const NODES = [20, 22, 24, 26];
const TYPESCRIPTS = ['5.0', '5.1', '5.2', '5.3', '5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', '7.0'];

/** Returns all rows: name, versions, what is tested, and the function that fails with a description. */
export function rows(work, project) {
  const require = createRequire(join(work, 'package.json'));
  const modules = join(work, 'node_modules');
  const bin = (...parts) => join(modules, ...parts);
  const version = (name) => JSON.parse(readFileSync(bin(name, 'package.json'), 'utf8')).version;
  const node = (major) => bin(`node-${major}`, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const lts = node(24);
  const here = { cwd: project };
  const output = (name) => {
    const folder = join(work, 'output', name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  const row = (name, packages, tested, run) => ({ name, versions: packages.map(version), tested, run });

  async function bundle(options) {
    const esbuild = require('esbuild');
    await esbuild.build({
      absWorkingDir: project,
      bundle: true,
      platform: 'node',
      logLevel: 'error',
      ...options,
    });
  }

  return [
    row(
      'Node.js',
      NODES.map((major) => `node-${major}`),
      'ESM, CommonJS, worker threads, `--no-addons`',
      () => {
        for (const major of NODES) {
          expectOk(node(major), ['esm.mjs'], here);
          expectOk(node(major), ['cjs.cjs'], here);
          expectOk(node(major), ['worker.mjs'], { ...here, times: 3 });
          expectFailure('ERR_ADDON_BLOCKED', node(major), ['--no-addons', 'esm.mjs'], here);
        }
      },
    ),
    row('Node.js, single executable', ['node-26'], '`--build-sea` with `CRANKWHEEL_ADDON`', async () => {
      const folder = output('sea');
      await bundle({
        entryPoints: ['cjs.cjs'],
        outfile: join(folder, 'main.cjs'),
        external: ['*.node', 'crankwheel-*'],
      });
      const settings = { main: 'main.cjs', output: 'program', disableExperimentalSEAWarning: true };
      writeFileSync(join(folder, 'sea.json'), JSON.stringify(settings));
      run(node(26), ['--build-sea', 'sea.json'], { cwd: folder });
      await away(folder, (copy) => {
        expectOk(join(copy, 'program'), [], { cwd: copy, env: { CRANKWHEEL_ADDON: addon(project) } });
        expectFailure('ERR_ADDON_NOT_INSTALLED', join(copy, 'program'), [], { cwd: copy });
      });
    }),
    row('Node.js, start-up snapshot', ['node-26'], '`--build-snapshot` with `CRANKWHEEL_ADDON`', async () => {
      const folder = output('snapshot');
      const code = `
        const crankwheel = require('crankwheel');
        const sandbox = require('crankwheel/sandbox');
        const { check } = require('./work.cjs');
        const main = () => check(crankwheel, sandbox).then((result) => console.log(result));
        require('node:v8').startupSnapshot.setDeserializeMainFunction(main);`;
      const stdin = { contents: code, resolveDir: project };
      await bundle({ stdin, outfile: join(folder, 'main.cjs'), external: ['*.node', 'crankwheel-*'] });
      run(node(26), ['--snapshot-blob', 'blob', '--build-snapshot', 'main.cjs'], { cwd: folder });
      const env = { CRANKWHEEL_ADDON: addon(project) };
      await away(folder, (copy) => expectOk(node(26), ['--snapshot-blob', 'blob'], { cwd: copy, env }));
    }),
    row('Bun', ['bun'], 'ESM, CommonJS, `bun build --compile`', async () => {
      const bun = bin('.bin', 'bun');
      expectOk(bun, ['esm.mjs'], here);
      expectOk(bun, ['cjs.cjs'], here);
      const folder = output('bun');
      run(bun, ['build', '--compile', 'esm.mjs', '--outfile', join(folder, 'program')], here);
      await away(folder, (copy) => expectOk(join(copy, 'program'), [], { cwd: copy }));
    }),
    row('Deno', ['deno'], 'ESM, CommonJS, without `--allow-ffi`', () => {
      const deno = bin('.bin', 'deno');
      const start = ['run', '--no-lock', '--node-modules-dir=manual'];
      expectOk(deno, [...start, '--allow-all', 'esm.mjs'], here);
      expectOk(deno, [...start, '--allow-all', 'cjs.cjs'], here);
      const some = ['--allow-read', '--allow-env', '--allow-sys', '--allow-net', '--no-prompt'];
      expectFailure('run Deno with --allow-ffi', deno, [...start, ...some, 'esm.mjs'], here);
    }),
    row('Jest', ['jest'], 'CommonJS', () => {
      const config = JSON.stringify({ rootDir: project, testMatch: ['**/jest.test.cjs'] });
      run(lts, [bin('jest', 'bin', 'jest.js'), '--config', config], here);
    }),
    row('Vitest', ['vitest'], 'threads, forks', () => {
      for (const pool of ['threads', 'forks']) {
        run(lts, [bin('vitest', 'vitest.mjs'), 'run', 'vitest', '--root', project, '--pool', pool], here);
      }
    }),
    row('tsx', ['tsx'], 'TypeScript', () =>
      expectOk(lts, [bin('tsx', 'dist', 'cli.mjs'), 'ts/work.mts'], here),
    ),
    row(
      'Type stripping of Node.js',
      [24, 26].map((major) => `node-${major}`),
      'TypeScript',
      () => {
        for (const major of [24, 26]) expectOk(node(major), ['ts/work.mts'], here);
      },
    ),
    row(
      'TypeScript',
      TYPESCRIPTS.map((name) => `typescript-${name}`),
      'strict; `node16` and `bundler` resolution',
      () => {
        for (const name of TYPESCRIPTS) compile(bin(`typescript-${name}`, 'bin', 'tsc'), name);
      },
    ),
    row('@vercel/nft', ['@vercel/nft'], 'the traced files alone run', async () => {
      const { nodeFileTrace } = require('@vercel/nft');
      const folder = output('nft');
      const { fileList } = await nodeFileTrace([join(project, 'esm.mjs')], { base: project });
      for (const file of fileList) cpSync(join(project, file), join(folder, file), { recursive: true });
      await away(folder, (copy) => expectOk(lts, ['esm.mjs'], { cwd: copy }));
    }),
    row('Next.js', ['next'], '`standalone`, Turbopack and webpack', async () => {
      const next = join(project, 'next');
      for (const bundler of ['--turbopack', '--webpack']) {
        rmSync(join(next, '.next'), { recursive: true, force: true });
        run(lts, [bin('next', 'dist', 'bin', 'next'), 'build', bundler], { cwd: next });
        await away(join(next, '.next', 'standalone'), (copy) => askServer(join(copy, 'project', 'next')));
      }
    }),
    row('esbuild', ['esbuild'], 'to CommonJS and ESM, `--loader:.node=copy`', async () => {
      const folder = output('esbuild');
      const loader = { '.node': 'copy' };
      await bundle({ entryPoints: ['cjs.cjs'], outfile: join(folder, 'main.cjs'), loader });
      const js =
        "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
      await bundle({
        entryPoints: ['esm.mjs'],
        outfile: join(folder, 'main.mjs'),
        format: 'esm',
        banner: { js },
        loader,
      });
      await away(folder, (copy) => {
        expectOk(lts, ['main.cjs'], { cwd: copy });
        expectOk(lts, ['main.mjs'], { cwd: copy });
      });
    }),
    row('webpack with node-loader', ['webpack', 'node-loader'], 'from ESM and CommonJS', async () => {
      for (const entry of ['cjs.cjs', 'esm.mjs']) {
        const folder = output('webpack');
        const args = [
          'build',
          '--entry',
          `./${entry}`,
          '--output-path',
          folder,
          '--config',
          'webpack.config.cjs',
        ];
        run(lts, [bin('webpack', 'bin', 'webpack.js'), ...args], here);
        await away(folder, (copy) => expectOk(lts, ['main.js'], { cwd: copy }));
      }
    }),
    row('ncc', ['@vercel/ncc'], 'from ESM and CommonJS', async () => {
      for (const [entry, main] of [
        ['cjs.cjs', 'index.cjs'],
        ['esm.mjs', 'index.mjs'],
      ]) {
        const folder = output('ncc');
        run(lts, [bin('@vercel', 'ncc', 'dist', 'ncc', 'cli.js'), 'build', entry, '-o', folder], here);
        await away(folder, (copy) => expectOk(lts, [main], { cwd: copy }));
      }
    }),
  ];

  function compile(tsc, name) {
    for (const [module, moduleResolution] of [
      ['node16', 'node16'],
      ['esnext', 'bundler'],
    ]) {
      const file = join(project, `tsconfig-${name}-${moduleResolution}.json`);
      const compilerOptions = {
        target: 'es2022',
        lib: Number(name) < 5.2 ? ['es2022'] : ['es2022', 'esnext.disposable'],
        module,
        moduleResolution,
        strict: true,
        noEmit: true,
        types: ['node'],
      };
      writeFileSync(file, JSON.stringify({ compilerOptions, files: ['ts/types.ts'] }));
      run(lts, [tsc, '--project', file], here);
    }
  }

  /** Starts a server of Next.js and asks it to do the work. */
  async function askServer(folder) {
    const port = await freePort();
    const env = environment({ PORT: String(port), HOSTNAME: '127.0.0.1' });
    const server = spawn(lts, ['server.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [server.stdout, server.stderr])
      stream.on('data', (data) => {
        printed += data;
      });
    try {
      const body = await ask(`http://127.0.0.1:${port}/work`, server);
      if (body !== 'ok') throw new Error(`the server's response is ${body}\n${printed}`);
      const page = await ask(`http://127.0.0.1:${port}/`, server);
      if (!page.includes('crankwheel')) throw new Error(`the page is ${page}\n${printed}`);
    } catch (error) {
      throw new Error(`${error.message}\n${printed}`);
    } finally {
      server.kill();
    }
  }
}

function addon(project) {
  const suffix = JSON.parse(readFileSync(join(project, 'node_modules/crankwheel/package.json'), 'utf8'));
  const [name] = Object.keys(suffix.optionalDependencies);
  return join(project, 'node_modules', name, `${name.replace('-', '.')}.node`);
}

async function ask(url, server) {
  const until = Date.now() + 60_000;
  for (;;) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
