# Run the tests, all of them or what pytest's arguments choose; the first run makes all it needs.
# They run side by side, on as many cores as there are up to four; -n 0 runs one after the other.
. (Join-Path $PSScriptRoot '_common.ps1')
Initialize-Environment --dev
Push-Location $Root
try { & $Python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal @args } finally { Pop-Location }
exit $LASTEXITCODE
