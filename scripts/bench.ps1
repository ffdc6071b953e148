# Run the benchmarks, all of them or the one that is named; the first run makes all it needs.
. (Join-Path $PSScriptRoot '_common.ps1')
Initialize-Environment --bench
if (-not $env:QT_QPA_PLATFORM) { $env:QT_QPA_PLATFORM = 'offscreen' }
Push-Location $Root
try { & $Python -m benchmarks @args } finally { Pop-Location }
exit $LASTEXITCODE
