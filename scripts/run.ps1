# Start Contact History on the practice organisation; the first run makes all it needs.
#   scripts\run.ps1                    the app, with options if any; --profile or --config leave
#                                      the practice organisation for one of your own
#   scripts\run.ps1 COMMAND [...]      another command of contact-history, such as tour
. (Join-Path $PSScriptRoot '_common.ps1')
Initialize-Environment
if ($args.Count -gt 0 -and -not $args[0].StartsWith('-')) {
    & $Python -m desktop_app @args
} else {
    $where = @('--practice')
    if ($args -match '^--(profile|config)') { $where = @() }
    & $Python -m desktop_app @where @args
}
exit $LASTEXITCODE
