// A project of a user: a separate folder in which the package is installed.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(PACKAGE, 'node_modules', 'typescript', 'bin', 'tsc');

/** Creates a project with these files, calls `use` with its folder, and removes it. */
export async function withProject(files, use) {
  const folder = mkdtempSync(join(tmpdir(), 'crankwheel-consumer-'));
  try {
    const modules = join(folder, 'node_modules');
    mkdirSync(modules);
    install(modules);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Installs the files that a release has: the package's, and the addon in a package for the platform. */
function install(modules) {
  const [{ files }] = JSON.parse(npm('pack', '--dry-run', '--json', '--ignore-scripts'));
  for (const { path } of files) {
    const target = join(modules, 'crankwheel', path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(PACKAGE, path), target);
  }
  const addon = readdirSync(join(PACKAGE, 'native')).find((name) => name.endsWith('.node'));
  const platform = join(modules, addon.replace('.node', '').replace('.', '-'));
  mkdirSync(platform);
  copyFileSync(join(PACKAGE, 'native', addon), join(platform, addon));
  writeFileSync(join(platform, 'package.json'), JSON.stringify({ name: 'platform', main: addon }));
  mkdirSync(join(modules, '@types'));
  symlinkSync(join(PACKAGE, 'node_modules', '@types', 'node'), join(modules, '@types', 'node'), 'junction');
  symlinkSync(join(PACKAGE, 'node_modules', 'undici-types'), join(modules, 'undici-types'), 'junction');
}

function npm(...args) {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const shell = process.platform === 'win32';
  return execFileSync(command, args, {
    cwd: PACKAGE,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell,
  });
}

/** Type-checks a project and returns the compiler's messages. */
export function typeCheck(folder, options = {}) {
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    module: 'node16',
    moduleResolution: 'node16',
    strict: true,
    noEmit: true,
    types: ['node'],
    ...options,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const run = spawnSync(process.execPath, [TSC, '-p', folder], { encoding: 'utf8' });
  return run.stdout.split('\n').filter((line) => line.includes('error TS'));
}

/** Runs a file of a project to its end and returns what it printed. */
export function run(folder, file, ...flags) {
  return execFileSync(process.execPath, [...flags, join(folder, file)], { encoding: 'utf8', cwd: folder });
}

/** Returns the environment of a program that calls a sandbox, without logging. */
export function environment(sandbox) {
  return {
    ...process.env,
    CRANKWHEEL_API_KEY: sandbox.apiKey,
    CRANKWHEEL_BASE_URL: sandbox.url,
    CRANKWHEEL_LOG: undefined,
    NODE_DEBUG: undefined,
  };
}
