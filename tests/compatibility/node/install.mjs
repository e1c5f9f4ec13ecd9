// Packs the package as a release does, and installs it and the tools into the work folder.

import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
export const PACKAGE = fileURLToPath(new URL('../../../npm/', import.meta.url));
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const NAPI = join(PACKAGE, 'node_modules/@napi-rs/cli/dist/cli.js');

/** Installs the tools of package.json unless they are there, and the project with the packed package. */
export function install(work) {
  installTools(work);
  const tarballs = pack(join(work, 'pack'));
  const project = join(work, 'project');
  rmSync(project, { recursive: true, force: true });
  cpSync(join(HERE, 'project'), project, { recursive: true });
  npm(project, 'install', ...tarballs);
  return project;
}

function installTools(work) {
  mkdirSync(work, { recursive: true });
  const stamp = join(work, 'installed');
  const files = ['package.json', 'package-lock.json'].map((name) => [
    name,
    readFileSync(join(HERE, name), 'utf8'),
  ]);
  const wanted = files.map(([, text]) => text).join('');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  for (const [name, text] of files) writeFileSync(join(work, name), text);
  npm(work, 'ci');
  writeFileSync(stamp, wanted);
}

/** Packs the package, and the package with this platform's addon, as tarballs. */
function pack(folder) {
  rmSync(folder, { recursive: true, force: true });
  const main = join(folder, 'crankwheel');
  const [{ files }] = JSON.parse(npm(PACKAGE, 'pack', '--dry-run', '--json', '--ignore-scripts'));
  for (const { path } of files) copy(join(PACKAGE, path), join(main, path));
  const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));

  const addon = readdirSync(join(PACKAGE, 'native')).find((name) => name.endsWith('.node'));
  const suffix = addon.replace('crankwheel.', '').replace('.node', '');
  run(process.execPath, [NAPI, 'create-npm-dirs'], { cwd: main });
  const platform = join(main, 'npm', suffix);
  copy(join(PACKAGE, 'native', addon), join(platform, addon));
  // A release lists the packages of all platforms; here only this one exists.
  manifest.optionalDependencies = { [`crankwheel-${suffix}`]: manifest.version };
  writeFileSync(join(main, 'package.json'), JSON.stringify(manifest, null, 2));
  return [main, platform].map((from) => {
    const [{ filename }] = JSON.parse(
      npm(from, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
    );
    return join(folder, filename);
  });
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

function npm(cwd, command, ...args) {
  return run(NPM, [command, '--no-audit', '--no-fund', '--loglevel=error', ...args], { cwd }).stdout;
}
