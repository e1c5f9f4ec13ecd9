// Runs the packed Node package in other programs' runtimes, test runners, bundlers and compilers, and compares
// the table in npm/README.md with the versions that it ran. Arguments: the work folder; `--write` writes the
// table; other words select the rows whose names contain one of them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { install, PACKAGE } from './install.mjs';
import { rows } from './rows.mjs';

const BEGIN = '<!-- compatibility (written by `cargo xtask compatibility`; do not edit) -->\n';
const END = '<!-- end of compatibility -->';

const [folder, ...options] = process.argv.slice(2);
const write = options.includes('--write');
const selected = options.filter((option) => !option.startsWith('--')).map((option) => option.toLowerCase());
const work = resolve(folder);
const project = install(work);

const table = ['| Program | Versions | Tested |', '| --- | --- | --- |'];
const failures = [];
for (const { name, versions, tested, run } of rows(work, project)) {
  if (selected.length > 0 && !selected.some((text) => name.toLowerCase().includes(text))) continue;
  const began = performance.now();
  try {
    await run();
    table.push(`| ${name} | ${versions.join(', ')} | ${tested} |`);
    console.log(
      `ok      ${name} ${versions.join(', ')} (${((performance.now() - began) / 1000).toFixed(1)} s)`,
    );
  } catch (error) {
    failures.push(name);
    console.log(`FAILED  ${name} ${versions.join(', ')}\n${error.message}\n`);
  }
}
if (failures.length > 0) {
  console.log(`${failures.length} rows failed: ${failures.join(', ')}`);
  process.exit(1);
}
if (selected.length === 0) compareReadme(`${table.join('\n')}\n`);

function compareReadme(expected) {
  const file = join(PACKAGE, 'README.md');
  const text = readFileSync(file, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const [found, after] = rest.split(END);
  if (found.trim() === expected.trim()) return;
  if (!write) {
    console.log(
      `npm/README.md has another table than this run; cargo xtask compatibility writes it:\n\n${expected}`,
    );
    process.exit(1);
  }
  writeFileSync(file, `${before}${BEGIN}\n${expected}\n${END}${after}`);
  console.log('The table in npm/README.md is written.');
}
