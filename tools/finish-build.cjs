// What tsc leaves out of dist: the reader's weights beside the code that reads them, and the permission to run the command line.
const { chmodSync, copyFileSync } = require("node:fs");

copyFileSync("src/embedded/network/reader.weights", "dist/embedded/network/reader.weights");
chmodSync("dist/cli.js", 0o755);
