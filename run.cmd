@echo off
rem run.cmd         opens the program with the demo school
rem run.cmd test    runs the tests
rem run.cmd setup   prepares .venv and runs nothing
chcp 65001 >nul
setlocal
set PYTHONUTF8=1
set COMMAND=%1
if "%COMMAND%"=="" set COMMAND=run
set LAUNCHER=python
where py >nul 2>nul && set LAUNCHER=py -3
%LAUNCHER% "%~dp0scripts\bootstrap.py" %COMMAND% %2 %3 %4 %5 %6 %7 %8 %9
exit /b %ERRORLEVEL%
