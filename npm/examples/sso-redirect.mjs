// Logs the users of your own site in to CrankWheel: the page /crankwheel redirects to a login link.
//
//     CRANKWHEEL_API_KEY=… node examples/sso-redirect.mjs 8080

import { createServer } from 'node:http';
import { CrankWheel } from 'crankwheel';

const cw = new CrankWheel();

/** Returns the user who is signed in to your site. Replace it with your site's own check. */
function signedInUser(_request) {
  return { email: 'agent@acme.example', company: 'acmecorp' };
}

const server = createServer(async (request, response) => {
  if (request.url !== '/crankwheel') {
    response.writeHead(404).end();
    return;
  }
  try {
    const user = signedInUser(request);
    const company = await cw.clients.find(user.company);
    const link = await cw.sso.grantToken(user.email, { createIn: company });
    // Whoever has the link is that user: it must not be stored, and it expires after two minutes.
    response.writeHead(302, { location: link.url, 'cache-control': 'no-store' }).end();
  } catch (error) {
    console.error(error); // An error shows neither the key nor a token.
    response.writeHead(502).end('CrankWheel is not available. Please try again.');
  }
});

server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/crankwheel`);
});
