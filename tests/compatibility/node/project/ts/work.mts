// Runs without a build with tsx and with Node's own type stripping.
import { Client, ClientList, ConflictError, CrankWheel, Period } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { check } from '../work.cjs';

const classes: Record<string, unknown> = { Client, ClientList, ConflictError, CrankWheel, Period };
const result: string = await check(classes, { Sandbox });
console.log(result);
