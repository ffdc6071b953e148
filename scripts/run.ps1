# Start Contact History on the practice organisation; the first run makes all it needs.
#   scripts\run.ps1                    the app, with options if any
#   scripts\run.ps1 COMMAND [...]      another command of contact-history, such as tour
. (Join-Path $PSScriptRoot '_common.ps1')
Initialize-Environment
if ($args.Count -gt 0 -and -not $args[0].StartsWith('-')) {
    & $Python -m desktop_app @args
} else {
    & $Python -m desktop_app --practice @args
}
exit $LASTEXITCODE
