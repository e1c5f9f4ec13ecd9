import { VERSION } from 'crankwheel';

export const dynamic = 'force-dynamic';

export default function Page() {
  return <p>crankwheel {VERSION}</p>;
}
