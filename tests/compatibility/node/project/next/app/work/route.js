import * as crankwheel from 'crankwheel';
import * as sandbox from 'crankwheel/sandbox';
import { check } from '../../../work.cjs';

export const dynamic = 'force-dynamic';

export async function GET() {
  return new Response(await check(crankwheel, sandbox));
}
