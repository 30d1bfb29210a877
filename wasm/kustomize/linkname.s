// Lets functions be declared without a body: linkname gives them one.
