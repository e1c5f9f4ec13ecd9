// The configuration of webpack that the README describes.
module.exports = {
  mode: 'production',
  target: 'node',
  module: { rules: [{ test: /\.node$/, loader: 'node-loader' }] },
};
