import { Client, ClientList, ConflictError, CrankWheel, Period } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { check } from './work.cjs';

console.log(await check({ Client, ClientList, ConflictError, CrankWheel, Period }, { Sandbox }));
