# Run the tests, all of them or what pytest's arguments choose; the first run makes all it needs.
. (Join-Path $PSScriptRoot '_common.ps1')
Initialize-Environment --dev
Push-Location $Root
try { & $Python -m pytest @args } finally { Pop-Location }
exit $LASTEXITCODE
