// Checks that a file is an HTTP archive of version 1.2.
const { readFileSync } = require('node:fs')
const validate = require('har-validator')

validate.har(JSON.parse(readFileSync(process.argv[2], 'utf8'))).then(
  () => console.log(`${process.argv[2]} is a valid archive`),
  (error) => {
    console.error(error.errors)
    process.exit(1)
  }
)
