// openai-mock-api listens at every address, and at a port that must be known before. Here it is a free one of the
// loopback, which is told on stdout.
//
//     node openai.js <folder of node_modules> <configuration>
const { readFileSync } = require('node:fs');

const [modules, configuration] = process.argv.slice(2);
const { createMockServer } = require(require.resolve('openai-mock-api', { paths: [modules] }));

createMockServer({ config: readFileSync(configuration, 'utf8') }).then(({ server }) => {
    const listening = server.app.listen(0, '127.0.0.1', () => {
        console.log(`listening at http://127.0.0.1:${listening.address().port}`);
    });
});
