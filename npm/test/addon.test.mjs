// Loading the native addon: bundlers and file tracers carry it, and the error says why it could not be loaded.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { nodeFileTrace } from '@vercel/nft';
import { build } from 'esbuild';
import { run, withProject } from './support/consumer.mjs';

const require = createRequire(import.meta.url);
const { notLoaded } = require('../dist/addon-errors.js');
const { PLATFORMS } = require('../dist/addons.js');
const NAMES = Object.values(PLATFORMS).flat();

const WORK = `
Sandbox.start({ clients: 2 }).then(async (sandbox) => {
  console.log((await sandbox.client().clients.list()).length);
  await sandbox.stop();
});
`;
const FILES = {
  'package.json': '{}',
  'esm.mjs': `import { Sandbox } from 'crankwheel/sandbox';\n${WORK}`,
  'cjs.cjs': `const { Sandbox } = require('crankwheel/sandbox');\n${WORK}`,
  'load.cjs': `
    try { console.log(JSON.stringify({ code: 'none', message: require('crankwheel').VERSION })); }
    catch ({ code, message, cause }) { console.log(JSON.stringify({ code, message, cause: String(cause) })); }`,
};

/** Returns the package with this platform's addon in a project: its name, its folder and the addon's path. */
function platformPackage(project) {
  const modules = join(project, 'node_modules');
  const name = readdirSync(modules).find((entry) => entry.startsWith('crankwheel-'));
  const folder = join(modules, name);
  return { name, folder, addon: join(folder, `${name.replace('-', '.')}.node`) };
}

/** Loads the package in a separate process, and asserts the error's code and parts of its message. */
function assertFailure(folder, { flags = [], env = {} }, code, ...parts) {
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, join(folder, 'load.cjs')], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, CRANKWHEEL_ADDON: undefined, ...env },
  });
  assert.ok(stdout, stderr);
  const found = JSON.parse(stdout);
  assert.equal(found.code, code, found.message);
  for (const part of parts) assert.ok(found.message.includes(part), `${part} in ${found.message}`);
}

/** Calls `use` with a folder from which no `node_modules` can be seen. */
async function away(use) {
  const folder = mkdtempSync(join(tmpdir(), 'crankwheel-away-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every target has an addon that is required by a literal name', () => {
  const source = readFileSync(new URL('../dist/addons.js', import.meta.url), 'utf8');
  const required = [...source.matchAll(/require\('([^']+)'\)/g)].map(([, name]) => name);
  assert.deepEqual(
    required,
    NAMES.flatMap((name) => [`../native/crankwheel.${name}.node`, `crankwheel-${name}`]),
  );
  const words = { x86_64: 'x64', aarch64: 'arm64', windows: 'win32', apple: undefined };
  const targets = require('../package.json').napi.targets.map((target) => {
    const [processor, vendor, system, library] = target.split('-');
    const platform = vendor === 'apple' ? 'darwin' : (words[system] ?? system);
    return [platform, words[processor], library].filter(Boolean).join('-');
  });
  assert.deepEqual(targets.sort(), [...NAMES].sort());
});

test('@vercel/nft carries the addon: the traced files alone run elsewhere', async () => {
  await withProject(FILES, async (project) => {
    for (const program of ['esm.mjs', 'cjs.cjs']) {
      const { fileList } = await nodeFileTrace([join(project, program)], { base: project });
      await away((folder) => {
        for (const file of fileList) {
          mkdirSync(dirname(join(folder, file)), { recursive: true });
          cpSync(join(project, file), join(folder, file));
        }
        assert.equal(run(folder, program), '2\n');
      });
    }
  });
});

test('esbuild carries the addon with its loader "copy"', async () => {
  const banner =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await withProject(FILES, async (project) => {
    for (const [program, format, output] of [
      ['esm.mjs', 'cjs', 'from-esm.cjs'],
      ['cjs.cjs', 'cjs', 'from-cjs.cjs'],
      ['esm.mjs', 'esm', 'to-esm.mjs'],
    ]) {
      await away(async (folder) => {
        await build({
          entryPoints: [join(project, program)],
          outfile: join(folder, output),
          bundle: true,
          platform: 'node',
          format,
          loader: { '.node': 'copy' },
          banner: { js: format === 'esm' ? banner : '' },
          logLevel: 'error',
        });
        assert.equal(run(folder, output), '2\n');
      });
    }
  });
});

test('a start-up snapshot and a bundle without the addon load what CRANKWHEEL_ADDON names', async () => {
  await withProject(FILES, async (project) => {
    const { addon } = platformPackage(project);
    const snapshot = `
      const { CrankWheel } = require('crankwheel');
      const v8 = require('node:v8');
      const main = () => console.log(new CrankWheel({ apiKey: 'test-key-1234' }).dryRun.clients.list().method);
      if (v8.startupSnapshot.isBuildingSnapshot()) v8.startupSnapshot.setDeserializeMainFunction(main);
      else main();`;
    writeFileSync(join(project, 'snapshot.cjs'), snapshot);
    await away(async (folder) => {
      const bundle = join(folder, 'bundle.cjs');
      await build({
        entryPoints: [join(project, 'snapshot.cjs')],
        outfile: bundle,
        bundle: true,
        platform: 'node',
        external: ['*.node', 'crankwheel-*'],
        logLevel: 'error',
      });
      const blob = join(folder, 'snapshot.blob');
      const env = { ...process.env, CRANKWHEEL_ADDON: addon };
      const node = (env, ...args) =>
        spawnSync(process.execPath, args, { encoding: 'utf8', cwd: folder, env });
      assert.equal(node(env, bundle).stdout, 'GET\n');
      const built = node(process.env, '--snapshot-blob', blob, '--build-snapshot', bundle);
      assert.equal(built.status, 0, built.stderr);
      const started = node(env, '--snapshot-blob', blob);
      assert.equal(started.stdout, 'GET\n', started.stderr);
      const without = node({ ...process.env, CRANKWHEEL_ADDON: undefined }, '--snapshot-blob', blob);
      assert.match(without.stderr, /ERR_ADDON_NOT_INSTALLED/);
    });
  });
});

test('the error tells apart why the addon could not be loaded', async () => {
  await withProject(FILES, async (project) => {
    const { name, folder, addon } = platformPackage(project);
    const bytes = readFileSync(addon);
    assertFailure(project, {}, 'none', '');

    // Blocked by flags of Node.
    const permission =
      Number(process.versions.node.split('.')[0]) < 22 ? '--experimental-permission' : '--permission';
    for (const flags of [['--no-addons'], [permission, '--allow-fs-read=*']]) {
      assertFailure(project, { flags }, 'ERR_ADDON_BLOCKED', '--no-addons', '--allow-addons');
    }

    // Another version.
    const manifest = join(project, 'node_modules/crankwheel/package.json');
    const content = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, content.replace(/"version": "[^"]+"/, '"version": "99.0.0"'));
    assertFailure(project, {}, 'ERR_ADDON_VERSION', 'version 99.0.0', 'install crankwheel again');
    writeFileSync(manifest, content);

    // CRANKWHEEL_ADDON names something else. The path may be relative.
    const variable = (path) => ({ env: { CRANKWHEEL_ADDON: path } });
    for (const path of ['nowhere.node', manifest, project]) {
      assertFailure(project, variable(path), 'ERR_ADDON_NOT_LOADABLE', 'CRANKWHEEL_ADDON: must be', name);
    }
    assertFailure(
      project,
      { flags: ['--no-addons'], ...variable(addon) },
      'ERR_ADDON_BLOCKED',
      '--no-addons',
    );

    // A file for another system, and a damaged one.
    rmSync(addon);
    writeFileSync(addon, 'MZ of another system'.padEnd(4096, '\0'));
    assertFailure(project, {}, 'ERR_ADDON_WRONG_PLATFORM', `${process.platform}-${process.arch}`);
    rmSync(addon);
    writeFileSync(addon, bytes.subarray(0, 100));
    assertFailure(project, {}, 'ERR_ADDON_NOT_LOADABLE', 'could not be loaded', 'install crankwheel again');

    // Not installed.
    rmSync(folder, { recursive: true });
    assertFailure(project, {}, 'ERR_ADDON_NOT_INSTALLED', name, '--omit=optional', 'Bundlers');
    writeFileSync(join(project, 'kept.node'), bytes);
    assertFailure(project, variable('kept.node'), 'none', '');

    // Installed on another platform.
    mkdirSync(join(project, 'node_modules/crankwheel-plan9-mips'));
    assertFailure(project, {}, 'ERR_ADDON_NOT_INSTALLED', name);
    const other = NAMES.find((suffix) => !suffix.startsWith(process.platform));
    mkdirSync(join(project, `node_modules/crankwheel-${other}`));
    assertFailure(project, {}, 'ERR_ADDON_WRONG_PLATFORM', name, `found crankwheel-${other}`, '--os=');
  });
});

test('the messages of other systems and runtimes are understood', () => {
  const failed = (message, code = 'ERR_DLOPEN_FAILED', name = 'Error') =>
    Object.assign(new Error(message), { code: code ?? undefined, name });
  const missing = failed("Cannot find module 'crankwheel-linux-x64-musl'", 'MODULE_NOT_FOUND');
  for (const [error, code, part] of [
    [
      failed('libc.musl-x86_64.so.1: cannot open shared object file'),
      'ERR_ADDON_WRONG_PLATFORM',
      'C library',
    ],
    [failed("/lib/libc.so.6: version `GLIBC_2.38' not found"), 'ERR_ADDON_WRONG_PLATFORM', 'C library'],
    [
      failed('Error relocating a.node: gnu_get_libc_version: symbol not found'),
      'ERR_ADDON_WRONG_PLATFORM',
      'C lib',
    ],
    [failed('Error loading shared library ld-linux-x86-64.so.2'), 'ERR_ADDON_WRONG_PLATFORM', 'C library'],
    [failed('/app/a.node: invalid ELF header'), 'ERR_ADDON_WRONG_PLATFORM', 'another platform'],
    [
      failed("dlopen(a.node, 1): tried: 'a.node' (mach-o file, but is an incompatible architecture)"),
      'ERR_ADDON_WRONG_PLATFORM',
      'another platform',
    ],
    [
      failed('\\\\?\\C:\\a.node is not a valid Win32 application.'),
      'ERR_ADDON_WRONG_PLATFORM',
      'another platform',
    ],
    [failed('a.node: file too short'), 'ERR_ADDON_NOT_LOADABLE', 'file too short'],
    [
      failed('Access to this API has been restricted', 'ERR_ACCESS_DENIED'),
      'ERR_ADDON_BLOCKED',
      '--allow-fs-read',
    ],
    [failed('Requires ffi access to "a.node"', null, 'NotCapable'), 'ERR_ADDON_BLOCKED', '--allow-ffi'],
    [
      failed('No such built-in module: crankwheel', 'ERR_UNKNOWN_BUILTIN_MODULE'),
      'ERR_ADDON_NOT_INSTALLED',
      'bundler',
    ],
    [
      failed('Dynamic require of "crankwheel-x" is not supported', null),
      'ERR_ADDON_NOT_INSTALLED',
      'bundler',
    ],
  ]) {
    const found = notLoaded([missing, error, missing]);
    assert.equal(found.code, code, found.message);
    assert.ok(found.message.includes(part), found.message);
    assert.ok(found.cause instanceof Error);
  }
});
