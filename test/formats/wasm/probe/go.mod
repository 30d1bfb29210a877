module fairlead.dev/test/probe

go 1.26.0
